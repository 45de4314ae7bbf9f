import { runService } from './run-service.js';

const nowhere = { HOST: '127.0.0.1', PORT: '1', DATABASE: 'none', USER: 'nobody', PASSWORD: 'nothing' };
const database = (prefix: string, engine: string): Record<string, string> => ({
  [`${prefix}_ENGINE`]: engine,
  ...Object.fromEntries(Object.entries(nowhere).map(([name, value]) => [`${prefix}_${name}`, value])),
});

describe('a direction that is told to end', () => {
  it('drains once and ends with 0, however often it is told, also while it waits for its databases', async () => {
    let told = false;
    const end = await runService(
      {
        ...database('DB_LEGACY', 'postgres'),
        ...database('DB_REVAMP', 'mariadb'),
        KAFKA_BROKERS: '127.0.0.1:1',
        SCHEMA_REGISTRY_URL: 'http://127.0.0.1:1',
        CONNECT_URL: 'http://127.0.0.1:1',
      },
      (output, service) => {
        if (told || !output.includes('"errorCode":"connection_lost"')) return;
        told = true;
        for (const signal of ['SIGTERM', 'SIGINT', 'SIGTERM'] as const) service.kill(signal);
      },
    );
    expect(told).toBe(true);
    expect(end.status).toBe(0);
    expect(end.output.match(/"msg":"Draining"/g)).toHaveLength(1);
    expect(end.message).toBe('');
  });
});
