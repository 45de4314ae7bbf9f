import { problemSchema, type Problem } from '@rowbridge/control-protocol';
import type * as zod from 'zod';
import { CommandError, type ExitCode } from './command-error.js';
import type { ApiAddress } from './find-api.js';

export type QueryValue = string | number | boolean | undefined;

export interface ApiRequest {
  readonly method?: 'GET' | 'POST' | 'PUT';
  /** Below the address of the API, as `/api/v1/lag`. */
  readonly path: string;
  /** Undefined values are left out. */
  readonly query?: Readonly<Record<string, QueryValue>>;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** How long the answer is waited for, milliseconds. Default 60,000; at most 290,000. */
  readonly timeoutMs?: number;
  /** A 503 is an answer, not a refusal: that of /health. */
  readonly acceptUnhealthy?: boolean;
}

export interface ApiAnswer<Content> {
  readonly content: Content;
  readonly headers: Headers;
}

const answerTimeoutMs = 60_000;

/** The control API as commands use it. */
export class ApiClient {
  constructor(private readonly address: ApiAddress) {}

  get url(): string {
    return this.address.url;
  }

  /**
   * @throws CommandError exit 3 when the API or what it needs cannot be reached (`control_api_unreachable` where the request
   * was never sent, `control_api_unanswered` where the API may have carried it out), 2 for a refused request, 1 otherwise
   */
  async ask<Schema extends zod.ZodType>(
    schema: Schema,
    request: ApiRequest,
  ): Promise<ApiAnswer<zod.output<Schema>>> {
    const answer = await this.send(request, AbortSignal.timeout(request.timeoutMs ?? answerTimeoutMs));
    const body: unknown = await answer.json().catch((error: unknown) => {
      if (!(error instanceof SyntaxError)) throw this.withoutAnswer(error, request);
    });
    const content = schema.safeParse(body);
    if (!content.success) {
      throw new CommandError(
        `${this.url} did not answer as a control API of this version does; compare the versions of both`,
        1,
      );
    }
    return { content: content.data, headers: answer.headers };
  }

  /**
   * The body of the answer as it comes.
   * @throws CommandError as `ask`, also where the answer breaks off
   */
  async *stream(request: ApiRequest): AsyncGenerator<Uint8Array> {
    const { body } = await this.send(request);
    try {
      for await (const chunk of body ?? []) yield chunk as Uint8Array;
    } catch (error) {
      throw this.withoutAnswer(error, request);
    }
  }

  /** The answer as it comes. */
  async send(request: ApiRequest, signal?: AbortSignal): Promise<Response> {
    const { method = 'GET', path, query = {}, body, headers = {} } = request;
    const url = new URL(`${this.url}${path}`);
    for (const [name, value] of Object.entries(query)) {
      if (value !== undefined) url.searchParams.set(name, String(value));
    }
    const { token } = this.address;
    const answer = await fetch(url, {
      method,
      headers: {
        accept: 'application/json',
        ...(token !== null && { authorization: `Bearer ${token}` }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      ...(signal && { signal }),
    }).catch((error: unknown) => {
      throw this.withoutAnswer(error, request);
    });
    const isHealthReport = request.acceptUnhealthy === true && answer.status === 503;
    if (!answer.ok && !isHealthReport) throw await refusal(answer);
    return answer;
  }

  private withoutAnswer(error: unknown, { method = 'GET' }: ApiRequest): CommandError {
    if (wasNeverSent(error)) {
      return new CommandError(
        `the control API cannot be reached at ${this.url} (${reasonOf(error)}). ` +
          'Start it, or name another with --api-url or ROWBRIDGE_API_URL.',
        3,
        'control_api_unreachable',
      );
    }
    const whatToDo =
      method === 'GET'
        ? 'Ask again, or look into its log.'
        : 'Whether it carried the request out is not known: rowbridge audit says so once it answers.';
    return new CommandError(
      `the control API at ${this.url} gave no answer (${reasonOf(error)}). ${whatToDo}`,
      3,
      'control_api_unanswered',
    );
  }
}

const connectingCalls: ReadonlySet<string | undefined> = new Set(['connect', 'getaddrinfo']);

/** No connection came about. Anything else, a timeout included, may have struck after the API took the request. */
function wasNeverSent(error: unknown): boolean {
  const { cause } = error as { cause?: NodeJS.ErrnoException };
  // A name with several addresses fails once for each.
  const failures = cause instanceof AggregateError ? (cause.errors as NodeJS.ErrnoException[]) : [cause];
  return failures.every(
    (failure) =>
      connectingCalls.has(failure?.syscall) ||
      failure?.code === 'UND_ERR_CONNECT_TIMEOUT' ||
      // Ports of other protocols, such as 25: fetch does not call there, and gives no code.
      failure?.message === 'bad port',
  );
}

function reasonOf(error: unknown): string {
  const { cause, message } = error as Error & { cause?: { code?: string; message?: string } };
  return cause?.code ?? cause?.message ?? message;
}

async function refusal(answer: Response): Promise<CommandError> {
  const parsed = problemSchema.safeParse(await answer.json().catch(() => undefined));
  if (!parsed.success) {
    return new CommandError(`the control API answered ${answer.status}`, exitCodeOf(answer.status));
  }
  return new CommandError(printedProblem(parsed.data), exitCodeOf(parsed.data.status), parsed.data.code);
}

function printedProblem({ detail, errors = [], requiredScope }: Problem): string {
  const places = errors.map((place) => `\n  ${place.in} ${place.pointer || '(whole)'}: ${place.detail}`);
  const scope = requiredScope === undefined ? '' : `\n  the token lacks the scope ${requiredScope}`;
  return `${detail}${scope}${places.join('')}`;
}

/** Whose fault an answer is: the request's or the token's 2, something unreachable 3, anything else 1. */
function exitCodeOf(status: number): ExitCode {
  // 502 and 504 are a proxy's, which has not reached the API.
  if ([502, 503, 504].includes(status)) return 3;
  return [400, 401, 403, 413, 422, 428].includes(status) ? 2 : 1;
}
