import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { CommandError } from './command-error.js';

export interface ApiAddress {
  /** Without a slash at the end. */
  readonly url: string;
  readonly token: string | null;
}

export interface ApiSearch {
  readonly apiUrl?: string | undefined;
  readonly tokenFile?: string | undefined;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly workingDirectory: string;
}

const usualUrl = 'http://127.0.0.1:8080';

/**
 * Where the control API answers and the token for it: options first, then `ROWBRIDGE_API_URL`, `ROWBRIDGE_API_TOKEN` and
 * `ROWBRIDGE_API_TOKEN_FILE`, then the stack that `npm start` runs in this folder or above it. A token is never an
 * argument: arguments are seen by everyone on a machine.
 * @throws CommandError exit 2 for an address that is none, a token file that cannot be read, or a token that is none
 */
export function findApi({ apiUrl, tokenFile, environment, workingDirectory }: ApiSearch): ApiAddress {
  const running = readRunningStack(workingDirectory);
  const given = apiUrl ?? environment['ROWBRIDGE_API_URL'];
  const url = given ?? running?.url ?? usualUrl;
  if (!/^https?:\/\//.test(url) || !URL.canParse(url)) {
    throw new CommandError(`${url} is no address of a control API; one looks like ${usualUrl}`, 2);
  }
  const file = tokenFile ?? environment['ROWBRIDGE_API_TOKEN_FILE'];
  const token =
    file !== undefined
      ? readToken(file)
      : (environment['ROWBRIDGE_API_TOKEN']?.trim() ??
        // The running stack's token is for the running stack alone.
        (given === undefined || given === running?.url ? (running?.token ?? null) : null));
  // No header takes such a token, and the fault that says so would say the token.
  if (token !== null && !/^[\x20-\x7e]*$/.test(token)) {
    throw new CommandError(
      `the token in ${file ?? 'ROWBRIDGE_API_TOKEN'} is none: it holds a line break or letters outside ASCII`,
      2,
    );
  }
  return { url: url.replace(/\/+$/, ''), token };
}

function readToken(file: string): string {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch (error) {
    throw new CommandError(`the token file cannot be read: ${(error as Error).message}`, 2);
  }
}

/** Brokers to ask where the API is down: `KAFKA_BROKERS`, else those of the stack that runs here; null without any. */
export function findKafka({
  environment,
  workingDirectory,
}: Pick<ApiSearch, 'environment' | 'workingDirectory'>): readonly string[] | null {
  const given = environment['KAFKA_BROKERS'];
  if (given !== undefined && given !== '') return given.split(',');
  return readRunningStack(workingDirectory)?.brokers ?? null;
}

interface RunningStack {
  readonly url: string;
  readonly token: string;
  readonly brokers: readonly string[];
}

function readRunningStack(folder: string): RunningStack | null {
  const path = join(folder, '.rowbridge', 'stack.json');
  if (existsSync(path)) {
    try {
      const { controlApi, kafka } = JSON.parse(readFileSync(path, 'utf8')) as {
        controlApi?: { url?: unknown; token?: unknown };
        kafka?: { brokers?: readonly string[] };
      };
      if (typeof controlApi?.url === 'string' && typeof controlApi.token === 'string') {
        return { url: controlApi.url, token: controlApi.token, brokers: kafka?.brokers ?? [] };
      }
    } catch {
      return null;
    }
  }
  const parent = dirname(folder);
  return parent === folder ? null : readRunningStack(parent);
}
