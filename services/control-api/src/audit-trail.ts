import type { ControlStore } from '@rowbridge/control-store';
import { RowbridgeError } from '@rowbridge/errors';
import { currentTraceId, type Logger } from '@rowbridge/observability';
import type { Caller } from './http/caller.js';
import { askDependency, RequestProblem } from './http/request-problem.js';
import type { LastingLink } from './state/lasting-link.js';

/** A change somebody asks for. Holds no secret. */
export interface AuditedChange {
  readonly caller: Pick<Caller, 'name'>;
  /** Such as `direction.pause`. */
  readonly action: string;
  /** What it is done to, such as `legacy-to-revamp/users`. */
  readonly target: string;
  readonly before: unknown;
  /** What is to be. */
  readonly after: unknown;
}

/** Who changed what, and how it ended. A change that cannot be noted is not made. */
export class AuditTrail {
  constructor(
    private readonly store: LastingLink<ControlStore>,
    private readonly logger: Logger,
  ) {}

  /**
   * Makes a change and notes it: `done`, or the code of the error it ended with.
   * @throws RequestProblem 503 `store` before anything is changed, when the audit log cannot be written
   */
  async record<Answer>(change: AuditedChange, make: () => Promise<Answer>): Promise<Answer> {
    const { audit } = await askDependency('store', async () => {
      const store = this.store.require();
      await store.ping();
      return store;
    });
    const note = async (result: string): Promise<void> => {
      const { caller, action, target, before, after } = change;
      const entry = { actor: caller.name, action, target, before, after, result, traceId: currentTraceId() };
      await askDependency('store', () => audit.append(entry));
    };
    let answer: Answer;
    try {
      answer = await make();
    } catch (failure) {
      await note(codeOf(failure)).catch((unwritten: unknown) => this.tell(change, unwritten));
      throw failure;
    }
    await note('done').catch((unwritten: unknown) => {
      this.tell(change, unwritten);
      throw unwritten;
    });
    return answer;
  }

  /** The log is what is left where the store fails in between. */
  private tell({ caller, action, target }: AuditedChange, failure: unknown): void {
    this.logger.error(
      { err: failure, operation: 'audit', actor: caller.name, action, target },
      'A change was made and could not be noted in the audit log',
    );
  }
}

function codeOf(failure: unknown): string {
  return failure instanceof RequestProblem || failure instanceof RowbridgeError
    ? failure.code
    : 'internal_error';
}
