import type { RawRecord } from '@rowbridge/change-event';
import { directionConfigurationSchema, type DirectionConfiguration } from '@rowbridge/config';
import { controlTopics } from '@rowbridge/control-protocol';
import { createLogger } from '@rowbridge/observability';
import { RuntimeConfiguration } from './runtime-configuration.js';

const direction = 'legacy-to-revamp';
const database = { engine: 'postgres', database: 'app', user: 'sync', password: 'hidden-word' };
const configuration: DirectionConfiguration = directionConfigurationSchema.parse({
  direction,
  kafka: { brokers: ['127.0.0.1:9092'] },
  schemaRegistry: { url: 'http://127.0.0.1:8082' },
  connect: { url: 'http://127.0.0.1:8083' },
  source: database,
  target: database,
  batch: { maxRows: 500 },
});

function message(content: unknown, key = direction): RawRecord {
  const value = content === null ? null : Buffer.from(JSON.stringify(content));
  const place = { topic: controlTopics.config, partition: 0, offset: 0n, timestampMs: 0 };
  return { ...place, key: Buffer.from(key), value, headers: [] };
}

function settings(version: number, values: object, change: object = {}): RawRecord {
  return message({ direction, version, values, actor: 'ada', changedAtMs: 1, ...change });
}

describe('RuntimeConfiguration', () => {
  let lines: string[];
  let seen: number[];
  let runtime: RuntimeConfiguration;

  beforeEach(() => {
    lines = [];
    seen = [];
    const destination = { write: (line: string) => void lines.push(line) };
    const logger = createLogger({ name: 'test', level: 'warn', destination });
    runtime = new RuntimeConfiguration({ direction, configuration, logger });
    runtime.onChange(({ batch }) => seen.push(batch.maxRows));
  });

  it('puts new values in force, each time over file and environment and not over the values before', () => {
    runtime.take(settings(1, { 'batch.maxRows': 7, logLevel: 'debug' }));
    expect(runtime.current.logLevel).toBe('debug');
    runtime.take(settings(2, { 'batch.maxRows': 9 }));
    expect(runtime.current.logLevel).toBe('info');
    expect(runtime.version).toBe(2);
    expect(seen).toEqual([500, 7, 9]);
  });

  it('goes back to file and environment when the settings are taken back', () => {
    runtime.take(settings(1, { 'batch.maxRows': 7 }));
    runtime.take(message(null));
    expect(runtime.current).toBe(configuration);
    expect(runtime.version).toBe(0);
  });

  it.each([
    ['hold a value out of range', settings(2, { 'batch.maxRows': 0 }), /batch\.maxRows: found 0/],
    ['hold a key that takes a restart', settings(2, { 'kafka.brokers': 'other:1' }), /form of settings/],
    ['name another direction', settings(2, {}, { direction: 'elsewhere' }), /form of settings/],
    ['are no settings', message('louder'), /form of settings/],
  ])('refuses settings that %s with a warning, and the old values stay', (_case, refused, why) => {
    runtime.take(settings(1, { 'batch.maxRows': 7 }));
    runtime.take(refused);
    expect(runtime.current.batch.maxRows).toBe(7);
    expect(runtime.version).toBe(1);
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(why);
  });

  it("passes by other directions' settings", () => {
    runtime.take(message({ direction: 'revamp-to-legacy' }, 'revamp-to-legacy'));
    expect(lines).toEqual([]);
    expect(seen).toEqual([500]);
  });
});
