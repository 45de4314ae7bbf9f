import type { DeadLetter } from '@rowbridge/pipeline';
import type { RowPath } from '../row-path/row-path-harness.js';
import type { ReplayDesk } from './replay-harness.js';
import { insertion, tooLong, updated, user, type Row } from './user-rows.js';

/** Applications that edit three rows, a direction that follows, and an operator who replays at random. */
export class RandomHistory {
  private readonly rows = new Map<string, Row>();
  private readonly prefix: string;
  private state: number;
  private readonly firstLetter: number;

  /** @param seed of the same number comes the same history */
  constructor(
    private readonly path: RowPath,
    private readonly desk: ReplayDesk,
    seed: number,
  ) {
    this.state = seed;
    this.prefix = `s${seed}`;
    this.firstLetter = path.letters.length;
  }

  async step(): Promise<void> {
    const dice = this.random(10);
    if (dice < 6) await this.edit();
    else if (dice < 8) await this.desk.replay(this.someLetters());
    else await this.path.settle('users');
  }

  async replayAll(): Promise<void> {
    const letters = this.letters();
    await this.desk.replay(
      letters
        .map((letter) => ({ letter, rank: this.random(1_000) }))
        .sort((one, other) => one.rank - other.rank)
        .map(({ letter }) => letter),
    );
  }

  sourceRows(): unknown[] {
    return [...this.rows.values()]
      .map((row) => ({ email: row['email'], name: row['full_name'] }))
      .sort((one, other) => String(one.email).localeCompare(String(other.email)));
  }

  async targetRows(): Promise<unknown[]> {
    return (
      await this.path.revamp.run(
        `select email_address, display_name from revamp_users where email_address like '${this.prefix}-%' order by email_address`,
      )
    ).map((row) => ({ email: row['email_address'], name: row['display_name'] }));
  }

  letters(): readonly DeadLetter[] {
    return this.path.letters.slice(this.firstLetter);
  }

  private someLetters(): readonly DeadLetter[] {
    return this.letters()
      .filter(() => this.random(2) === 0)
      .reverse();
  }

  private async edit(): Promise<void> {
    const key = `${this.prefix.slice(1)}0${this.random(3)}`;
    const before = this.rows.get(key);
    // Few values, so that a row often is again what it was: only its position tells then what came before what.
    const others = ['one', 'two', `${tooLong} 1`, `${tooLong} 2`].filter(
      (name) => name !== before?.['full_name'],
    );
    const fullName = others[this.random(others.length)] ?? 'one';
    const after: Row = { ...user(key, fullName), email: `${this.prefix}-${key}@example.test` };
    if (!before) {
      this.rows.set(key, after);
      await this.path.legacy.run(insertion(key, after));
      await this.path.send({ entity: 'users', operation: 'create', key, after });
    } else if (this.random(4) === 0 && (await this.hasArrived(before))) {
      this.rows.delete(key);
      await this.path.legacy.run(`delete from legacy_users where id = ${key}`);
      await this.path.send({ entity: 'users', operation: 'delete', key, before });
    } else {
      this.rows.set(key, after);
      await this.path.legacy.run(
        `update legacy_users set full_name = '${fullName}', updated_at = '${after['updated_at'] ?? ''}' where id = ${key}`,
      );
      await this.path.send(updated(key, before, after));
    }
  }

  /** A row deleted before its last change arrived is taken for one edited on the other side, where update wins. */
  private async hasArrived({ email, full_name: fullName }: Row): Promise<boolean> {
    await this.path.settle('users');
    const rows = await this.path.revamp.run(
      `select display_name from revamp_users where email_address = '${email ?? ''}'`,
    );
    return rows[0]?.['display_name'] === fullName && (await this.path.lookReasons()).length === 0;
  }

  /** A linear congruential generator: the same history for the same seed. */
  private random(below: number): number {
    this.state = (Math.imul(this.state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((this.state / 2 ** 32) * below);
  }
}
