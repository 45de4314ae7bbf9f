import { ConnectRequestError } from './connect-request-error.js';
import { parseExactJson } from './parse-exact-json.js';
import { SecretMask } from './secrets.js';

export interface ConnectClientOptions {
  /** Root of the REST API; a user and password in it are sent as basic authentication. */
  readonly url: string;
  /** Longest wait for one answer. Default 15,000. */
  readonly timeoutMs?: number;
  /** How often a request refused while the cluster rebalances (409) is made at most. Default 10. */
  readonly attempts?: number;
  /** Wait before the second attempt; doubles up to `longestDelayMs`. Default 200. */
  readonly firstDelayMs?: number;
  /** Default 3,000. */
  readonly longestDelayMs?: number;
  /** Waits; tests inject their own. */
  readonly wait?: (milliseconds: number) => Promise<void>;
  readonly fetch?: typeof globalThis.fetch;
}

export interface ConnectRequest {
  readonly operation: string;
  readonly connector?: string;
  readonly method: 'GET' | 'PUT' | 'POST' | 'DELETE' | 'PATCH';
  /** Path with encoded segments, from the root. */
  readonly path: string;
  readonly body?: unknown;
  /** Answer null instead of failing where the thing asked for does not exist. */
  readonly nullWhenMissing?: boolean;
}

export interface ConnectAnswer {
  readonly status: number;
  readonly body: unknown;
}

const conflict = 409;
const notFound = 404;

/** One request at a time to Kafka Connect: timeouts, waiting out rebalances, and errors without secrets. */
export class ConnectHttp {
  readonly secrets = new SecretMask();
  readonly #root: string;
  readonly #headers: Readonly<Record<string, string>>;
  readonly #options: ConnectClientOptions;

  constructor(options: ConnectClientOptions) {
    const url = new URL(options.url);
    const credentials = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
    this.#headers = {
      accept: 'application/json',
      ...(url.username === ''
        ? {}
        : { authorization: `Basic ${Buffer.from(credentials).toString('base64')}` }),
    };
    this.secrets.learn({ password: decodeURIComponent(url.password) });
    url.username = '';
    url.password = '';
    this.#root = url.toString().replace(/\/$/, '');
    this.#options = options;
  }

  /**
   * Sends until it is not refused for a rebalance.
   * @throws ConnectRequestError
   */
  async request(request: ConnectRequest): Promise<ConnectAnswer | null> {
    const { attempts = 10, firstDelayMs = 200, longestDelayMs = 3_000, wait = waitFor } = this.#options;
    for (let attempt = 1; ; attempt += 1) {
      const { status, text } = await this.#send(request);
      if (status === conflict && attempt < attempts) {
        await wait(Math.min(firstDelayMs * 2 ** (attempt - 1), longestDelayMs));
        continue;
      }
      if (status === notFound && request.nullWhenMissing === true) return null;
      if (status >= 400) throw this.#failure(request, status, messageOf(text) ?? `HTTP status ${status}`);
      return { status, body: this.#parse(request, status, text) };
    }
  }

  async #send(request: ConnectRequest): Promise<{ status: number; text: string }> {
    const { timeoutMs = 15_000, fetch = globalThis.fetch } = this.#options;
    try {
      const response = await fetch(`${this.#root}${request.path}`, {
        method: request.method,
        headers: {
          ...this.#headers,
          ...(request.body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(request.body === undefined ? {} : { body: JSON.stringify(request.body) }),
        signal: AbortSignal.timeout(timeoutMs),
      });
      return { status: response.status, text: await response.text() };
    } catch (error) {
      throw this.#failure(
        request,
        null,
        `no answer from Kafka Connect at ${this.#root}: ${reasonOf(error, timeoutMs)}`,
      );
    }
  }

  #parse(request: ConnectRequest, status: number, text: string): unknown {
    if (text.trim() === '') return null;
    try {
      return parseExactJson(text);
    } catch {
      throw this.#failure(request, status, 'the answer is not JSON: is this the address of Kafka Connect?');
    }
  }

  #failure(request: ConnectRequest, status: number | null, message: string): ConnectRequestError {
    const { operation, connector = null } = request;
    const subject = connector === null ? operation : `${operation} ${connector}`;
    return new ConnectRequestError({
      status,
      operation,
      connector,
      message: `${subject}: ${this.secrets.hide(message)}`,
    });
  }
}

function messageOf(text: string): string | null {
  try {
    const body: unknown = JSON.parse(text);
    if (typeof body === 'object' && body !== null && 'message' in body) return String(body.message);
  } catch {
    // Not Kafka Connect's own error body: the status says what there is to say.
  }
  return null;
}

/** Reads names and codes instead of classes: a timeout's error is of none that is ours. */
function reasonOf(error: unknown, timeoutMs: number): string {
  const { name, message, cause } = Object(error) as { name?: unknown; message?: unknown; cause?: unknown };
  if (name === 'TimeoutError') return `none within ${timeoutMs} ms`;
  const { code } = Object(cause) as { code?: unknown };
  return String(code ?? message);
}

function waitFor(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
