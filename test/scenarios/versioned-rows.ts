import type { RunningSystem } from '@rowbridge/launcher';

export type SideName = 'legacy' | 'revamp';

type Databases = RunningSystem['databases'];

const keysOfEachSide = 12;

/**
 * Rows whose text counts up with each update, written at either side, and what arrives at the other: triggers note every
 * version in the order in which it takes effect. The triggers and their tables belong to the administrator and are not
 * captured.
 */
export class VersionedRows {
  readonly keysOfEachSide = keysOfEachSide;
  private readonly written: Record<SideName, Map<string, number>> = { legacy: new Map(), revamp: new Map() };
  private count = 0;

  private constructor(private readonly databases: Databases) {}

  static async prepare(databases: Databases): Promise<VersionedRows> {
    const { legacyPool, revampPool } = databases;
    await legacyPool.query(`
      create table public.arrived_versions (id bigserial primary key, email text not null, version text);
      create function public.note_version() returns trigger language plpgsql security definer as $note$
        begin
          insert into public.arrived_versions (email, version) values (new.email, new.full_name);
          return null;
        end $note$;
      create trigger note_version after insert or update on public.legacy_users
        for each row when (new.email like 'from-revamp-%') execute function public.note_version()`);
    await revampPool.query(
      'create table revamp_db.arrived_versions (id bigint auto_increment primary key, email varchar(255), version text)',
    );
    for (const event of ['insert', 'update']) {
      await revampPool.query(
        `create trigger revamp_db.note_version_${event} after ${event} on revamp_db.revamp_users for each row
           insert into revamp_db.arrived_versions (email, version)
           select new.email_address, new.display_name from dual where new.email_address like 'from-legacy-%'`,
      );
    }
    return new VersionedRows(databases);
  }

  /** How many versions were written so far. */
  get versionsWritten(): number {
    return this.count;
  }

  /** The version last written at the other side to a row that arrives at `side`. */
  lastVersionOf(side: SideName, key: string): number | undefined {
    return this.written[side === 'legacy' ? 'revamp' : 'legacy'].get(key);
  }

  /** Writes at both sides, one row after another, until told to stop; `stop` throws what a write has thrown. */
  writeUntilStopped(): { stop(): Promise<void> } {
    let isStopped = false;
    const write = async (side: SideName): Promise<void> => {
      for (let version = 1; !isStopped; version += 1) {
        for (let key = 0; key < keysOfEachSide; key += 1) {
          await this.writeVersion(side, `from-${side}-${key}@example.test`, version);
        }
      }
    };
    const writing = Promise.all([write('legacy'), write('revamp')]);
    writing.catch(() => undefined);
    return {
      stop: async () => {
        isStopped = true;
        await writing;
      },
    };
  }

  /** Versions by row, in the order in which they took effect at a side. */
  async arrivedAt(side: SideName): Promise<ReadonlyMap<string, readonly number[]>> {
    const query = 'select email, version from arrived_versions order by id';
    const found =
      side === 'legacy'
        ? (await this.databases.legacyPool.query<{ email: string; version: string }>(query)).rows
        : (((await this.databases.revampPool.query(query)) as unknown[])[0] as {
            email: string;
            version: string;
          }[]);
    const versions = new Map<string, number[]>();
    for (const { email, version } of found) {
      versions.set(email, [...(versions.get(email) ?? []), Number(version)]);
    }
    return versions;
  }

  private async writeVersion(side: SideName, email: string, version: number): Promise<void> {
    const { legacyPool, revampPool } = this.databases;
    const text = String(version);
    if (side === 'legacy') {
      await legacyPool.query(
        `insert into legacy_users (username, email, full_name, status) values ($1, $1, $2, 'active')
         on conflict (email) do update set full_name = excluded.full_name, updated_at = clock_timestamp()`,
        [email, text],
      );
    } else {
      await revampPool.query(
        `insert into revamp_users (user_name, email_address, display_name, account_status) values (?, ?, ?, 'ACTIVE')
         on duplicate key update display_name = values(display_name), updated_at = current_timestamp(6)`,
        [email, email, text],
      );
    }
    this.written[side].set(email, version);
    this.count += 1;
  }
}
