import {
  controlApiConfigurationSchema,
  controlApiEnvironmentNames,
  loadConfiguration,
} from '@rowbridge/config';
import { createLogger } from '@rowbridge/observability';
import { legacyRevamp } from '@rowbridge/pair-legacy-revamp';
import { createModules, openContext, serveControlApi, type ApiContext } from '@rowbridge/service-control-api';

/** May do everything. */
export const token = 'token-of-the-tests-of-the-api';

const sides = ['legacy', 'revamp'] as const;

export interface ApiUnderTest {
  readonly url: string;
  readonly context: ApiContext;
  /** Everything it logged. */
  readonly log: () => string;
  close(): Promise<void>;
}

/** Addresses where nobody answers. */
export const nowhere = {
  KAFKA_BROKERS: '127.0.0.1:1',
  CONNECT_URL: 'http://127.0.0.1:1',
  SCHEMA_REGISTRY_URL: 'http://127.0.0.1:1',
  ...databaseVariables('LEGACY', 'postgres://sync:word@127.0.0.1:1/legacy'),
  ...databaseVariables('REVAMP', 'mysql://sync:word@127.0.0.1:1/revamp'),
};

/** The variables that name one database of the pair, from its complete url. */
export function databaseVariables(side: 'LEGACY' | 'REVAMP', url: string): Record<string, string> {
  const { hostname, port, pathname, username, password: word, protocol } = new URL(url);
  return {
    [`DB_${side}_ENGINE`]: protocol === 'postgres:' ? 'postgres' : 'mariadb',
    [`DB_${side}_HOST`]: hostname,
    [`DB_${side}_PORT`]: port,
    [`DB_${side}_DATABASE`]: decodeURIComponent(pathname.slice(1)),
    [`DB_${side}_USER`]: decodeURIComponent(username),
    [`DB_${side}_PASSWORD`]: decodeURIComponent(word),
  };
}

/** The whole API in this process, with all its resources, on a free port. */
export async function startApi(environment: Readonly<Record<string, string>> = {}): Promise<ApiUnderTest> {
  const configuration = loadConfiguration({
    schema: controlApiConfigurationSchema(sides),
    environment: {
      ...nowhere,
      ROWBRIDGE_TOKENS: `tests read,operate,replay,unmask ${token}`,
      ROWBRIDGE_CONTROL_STORE_URL: 'sqlite::memory:',
      ROWBRIDGE_RATE_LIMIT_REQUESTS: '10000000',
      PORT: '0',
      ...environment,
    },
    environmentNames: controlApiEnvironmentNames(sides),
  });
  const lines: string[] = [];
  const logger = createLogger({
    name: 'control-api',
    level: 'info',
    destination: { write: (line: string) => void lines.push(line) },
  });
  const connectorBySide = new Map(sides.map((side) => [side, side]));
  const { context, close } = openContext({ configuration, pair: legacyRevamp, connectorBySide, logger });
  const api = await serveControlApi(context, createModules).catch(async (failure: unknown) => {
    await close();
    throw failure;
  });
  return {
    url: api.url,
    context,
    log: () => lines.join(''),
    async close() {
      await api.close();
      await close();
    },
  };
}
