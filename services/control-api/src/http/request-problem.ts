import type { Problem, ProblemPlace } from '@rowbridge/control-protocol';
import { InvalidCursorError } from '@rowbridge/control-store';
import { errorTable, httpStatusFor, RowbridgeError, type ErrorCode } from '@rowbridge/errors';

export interface RequestProblemOptions {
  readonly places?: readonly ProblemPlace[];
  /** `kafka`, `connect`, `store`, `registry` or `database <name>`. */
  readonly dependency?: string;
  readonly requiredScope?: string;
  readonly context?: NonNullable<Problem['context']>;
  readonly cause?: unknown;
  /** Where it differs from the code's own. */
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
}

/** An answer other than success. `message` is for people: names, ids and counts, never a row value or a secret. */
export class RequestProblem extends Error {
  override readonly name = 'RequestProblem';
  readonly status: number;

  constructor(
    readonly code: ErrorCode,
    message: string,
    readonly options: RequestProblemOptions = {},
  ) {
    super(message, options.cause === undefined ? {} : { cause: options.cause });
    this.status = options.status ?? httpStatusFor(code);
  }
}

/** Clients of what is outside try again for longer than anybody waits for an answer. */
const answerLimitMs = 5_000;

/**
 * Asks something outside this process. Whatever it fails with becomes a 503 that names it; a {@link RequestProblem} and a wrong cursor
 * pass.
 * @param dependency `kafka`, `connect`, `store`, `registry` or `database <name>`
 */
export async function askDependency<Answer>(dependency: string, ask: () => Promise<Answer>): Promise<Answer> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${answerLimitMs} ms`)), answerLimitMs);
  });
  try {
    return await Promise.race([ask(), limit]);
  } catch (failure) {
    if (failure instanceof RequestProblem || failure instanceof InvalidCursorError) throw failure;
    throw dependencyProblem(dependency, failure);
  } finally {
    clearTimeout(timer);
  }
}

/** A 503 that names what could not be reached, with its own code where it has one. */
export function dependencyProblem(dependency: string, failure: unknown): RequestProblem {
  const known = failure instanceof RowbridgeError ? failure : null;
  return new RequestProblem(
    known?.code ?? codeOfDependency(dependency),
    known?.message ?? `${dependency} does not answer as it should. Look at its log and at ours.`,
    { dependency, status: 503, cause: failure },
  );
}

function codeOfDependency(dependency: string): ErrorCode {
  switch (dependency) {
    case 'kafka':
      return 'kafka_unreachable';
    case 'connect':
      return 'connect_unreachable';
    case 'store':
      return 'control_store_unavailable';
    case 'registry':
      return 'registry_unreachable';
    default:
      return 'connection_lost';
  }
}

/** The body of the answer, RFC 9457. */
export function problemBody(problem: RequestProblem, traceId: string): Problem {
  const { code, status, message, options } = problem;
  const { places, dependency, requiredScope, context } = options;
  return {
    type: `urn:rowbridge:problem:${code}`,
    title: errorTable[code].description,
    status,
    code,
    detail: message,
    instance: `urn:trace:${traceId}`,
    ...(places && { errors: [...places] }),
    ...(dependency !== undefined && { dependency }),
    ...(requiredScope !== undefined && { requiredScope }),
    ...(context && { context }),
  };
}
