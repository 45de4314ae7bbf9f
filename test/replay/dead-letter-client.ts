import type { DeadLetterDetail, Replay, ReplayResult } from '@rowbridge/control-protocol';
import type { RunningSystem } from '@rowbridge/launcher';
import { waitFor } from '@rowbridge/testing';
import { openApplications } from '../scenarios/bad-input-harness.js';

/** An answer, with the parts of all the answers there are. */
export interface LetterAnswer {
  readonly status: number;
  readonly body: {
    readonly items: readonly DeadLetterDetail[];
    readonly total: number;
    readonly code: string;
    readonly replay: Replay;
    readonly results: readonly ReplayResult[];
    readonly discarded: number;
  } & DeadLetterDetail;
}

const deadlineMs = 60_000;

/** Sees and ends dead letters as an operator's program does. */
export class DeadLetterClient {
  /** @param token used where a request brings none of its own */
  constructor(
    private readonly system: RunningSystem,
    private readonly token: string,
  ) {}

  async ask(path: string, body?: object, token = this.token): Promise<LetterAnswer> {
    const answer = await fetch(`${this.system.controlApi.url}/api/v1/dlq${path}`, {
      method: body === undefined ? 'GET' : 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(20_000),
    });
    return { status: answer.status, body: (await answer.json()) as LetterAnswer['body'] };
  }

  /** The first letter a filter finds, once there is one. */
  find(filter: string): Promise<DeadLetterDetail> {
    return waitFor(async () => (await this.ask(`?${filter}`)).body.items[0], {
      what: 'the dead letter to be listed',
      deadlineMs,
      intervalMs: 100,
    });
  }

  /** A user whose status no value table knows; its dead letter. */
  async poison(user: string): Promise<DeadLetterDetail> {
    const [key = ''] = await openApplications(this.system).legacyUsers([user], { status: 'unspeakable' });
    return this.find(`key=${key}&table=users`);
  }

  /** As many users as dead letters: the target refuses them until all are, and not any more then. */
  async holdBack(prefix: string, count: number): Promise<readonly string[]> {
    const users = Array.from({ length: count }, (_unused, index) => `${prefix}-${index}`);
    const onRevamp = (sql: string): Promise<unknown> => this.system.databases.revampPool.query(sql);
    await onRevamp(
      `alter table revamp_users add constraint no_letters check (user_name not like '${prefix}-%')`,
    );
    await openApplications(this.system).legacyUsers(users);
    await waitFor(
      async () => (await this.ask('?errorCode=check_violation&status=open')).body.total === count,
      {
        what: 'the dead letters',
        deadlineMs,
      },
    );
    await onRevamp('alter table revamp_users drop constraint no_letters');
    return users;
  }

  async usersThere(user: string): Promise<readonly { account_status: string }[]> {
    const [rows] = await this.system.databases.revampPool.query(
      'select account_status from revamp_users where user_name = ?',
      [user],
    );
    return rows as { account_status: string }[];
  }

  /** Kills the control API and waits for the one that is started in its place. */
  async killApi(): Promise<void> {
    const { service } = this.system.controlApi;
    const { restarts } = service;
    service.kill('SIGKILL');
    await waitFor(async () => service.restarts > restarts && (await this.ask('?limit=1')).status === 200, {
      what: 'another control API',
      deadlineMs,
    });
  }
}
