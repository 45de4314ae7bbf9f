import { directionConfigurationSchema, explainConfiguration } from '@rowbridge/config';
import type { ConfigurationChange, RuntimeSettings } from '@rowbridge/control-protocol';
import { RequestProblem } from '../http/request-problem.js';
import { planChange } from './plan-change.js';
import { configurationTag, viewConfiguration } from './view-configuration.js';

const direction = 'legacy-to-revamp';
const word = 'word-of-the-database';

const origins = explainConfiguration({
  schema: directionConfigurationSchema,
  environment: {
    ROWBRIDGE_DIRECTION: direction,
    ROWBRIDGE_KAFKA_BROKERS: 'one:9092',
    ROWBRIDGE_SCHEMA_REGISTRY_URL: 'http://127.0.0.1:8082',
    ROWBRIDGE_CONNECT_URL: 'http://127.0.0.1:8083',
    ROWBRIDGE_BATCH_MAX_ROWS: '700',
    ...Object.fromEntries(
      ['SOURCE', 'TARGET'].flatMap((side) =>
        Object.entries({ ENGINE: 'postgres', DATABASE: 'app', USER: 'sync', PASSWORD: word }).map(
          ([key, value]) => [`ROWBRIDGE_${side}_${key}`, value],
        ),
      ),
    ),
  },
});

function viewed(settings?: RuntimeSettings, reported = origins) {
  const status = {
    direction,
    instance: 'one',
    url: '',
    startedAtMs: 0,
    reportedAtMs: 0,
    state: 'running' as const,
    stopReason: null,
    lastError: null,
    lagSeconds: 0,
    tables: [],
    assignment: [],
    settingsVersion: settings?.version ?? 0,
    configuration: reported,
  };
  const instances = [{ status, lost: false, silentForMs: 0 }];
  return viewConfiguration({ direction, state: 'running', silentForMs: 0, instances }, settings);
}

const settings = (values: RuntimeSettings['values'], version = 4): RuntimeSettings => ({
  direction,
  version,
  values,
  actor: 'ops',
  changedAtMs: 0,
});

const change = (values: ConfigurationChange['directions'][string]): ConfigurationChange => ({
  directions: { [direction]: values },
});

function placesOf(values: ConfigurationChange['directions'][string]): unknown {
  try {
    planChange(change(values), [viewed()]);
  } catch (failure) {
    expect(failure).toBeInstanceOf(RequestProblem);
    return (failure as RequestProblem).options.places?.map(({ pointer }) => pointer);
  }
  return 'accepted';
}

describe('a configuration as shown', () => {
  test('says of each key where its value comes from, what was changed at run time over the rest, and no secret', () => {
    const { keys, version, inForce } = viewed(settings({ 'batch.maxRows': 50 }));
    const key = (path: string) => keys.find((candidate) => candidate.path === path);
    expect([version, inForce]).toEqual([4, true]);
    expect(key('batch.maxRows')).toMatchObject({
      value: 50,
      from: 'runtime',
      where: 'ops at 1970-01-01T00:00:00.000Z',
      otherwise: 700,
      changeable: true,
    });
    expect(key('retry.maxAttempts')).toMatchObject({ value: 3, from: 'default', changeable: true });
    expect(key('source.password')).toMatchObject({ value: '[redacted]', secret: true, changeable: false });
    expect(JSON.stringify(keys)).not.toContain(word);
  });

  test('has another tag after each change, and the same while nothing changed', () => {
    const tags = [viewed(), viewed(settings({}, 1)), viewed(settings({ logLevel: 'warn' }, 2))].map((view) =>
      configurationTag([view]),
    );
    expect(new Set(tags).size).toBe(3);
    expect(configurationTag([viewed()])).toBe(tags[0]);
  });
});

describe('a change of the configuration', () => {
  test('of a key that changes at run time is the whole of the settings afterwards, with its difference', () => {
    const planned = planChange(change({ 'batch.maxRows': 100, 'retry.maxAttempts': 3 }), [
      viewed(settings({ logLevel: 'debug' })),
    ]);
    expect(planned.changed).toEqual([{ direction, path: 'batch.maxRows', before: 700, after: 100 }]);
    expect(planned.settings.get(direction)).toEqual({ logLevel: 'debug', 'batch.maxRows': 100 });
    expect(planned.needsRestart).toEqual([]);
  });

  test('to null takes a value back to what file and environment say', () => {
    const planned = planChange(change({ 'batch.maxRows': null }), [
      viewed(settings({ 'batch.maxRows': 5, logLevel: 'debug' })),
    ]);
    expect(planned.changed).toEqual([{ direction, path: 'batch.maxRows', before: 5, after: 700 }]);
    expect(planned.settings.get(direction)).toEqual({ logLevel: 'debug' });
  });

  test('of any other key is named as needing a restart and where to set it, and keeps masked secrets', () => {
    const planned = planChange(
      change({ 'source.password': '[redacted]', 'target.password': 'a new word', 'source.port': 5433 }),
      [viewed()],
    );
    expect(planned.changed).toEqual([]);
    expect(planned.settings.size).toBe(0);
    expect(planned.needsRestart.map(({ path, after }) => [path, after])).toEqual([
      ['source.port', 5433],
      ['target.password', '[redacted]'],
    ]);
    expect(planned.needsRestart[0]?.how).toContain('ROWBRIDGE_SOURCE_PORT');
    expect(JSON.stringify(planned)).not.toContain('a new word');
  });

  test('that leaves everything as it is changes nothing', () => {
    const { keys } = viewed();
    const all = Object.fromEntries(
      keys.filter(({ value }) => value !== null).map(({ path, value }) => [path, value]),
    );
    const planned = planChange(change(all), [viewed()]);
    expect([planned.changed, planned.needsRestart, planned.settings.size]).toEqual([[], [], 0]);
  });

  test.each([
    ['a value out of its range', { 'batch.maxRows': 0 }, ['/directions/legacy-to-revamp/batch.maxRows']],
    ['a value of another type', { 'batch.maxRows': 'many' }, ['/directions/legacy-to-revamp/batch.maxRows']],
    ['an unknown key', { 'batch.minRows': 1 }, ['/directions/legacy-to-revamp/batch.minRows']],
    [
      'values that contradict each other or those in force',
      { 'retry.initialDelayMs': 60_000 },
      ['/directions/legacy-to-revamp/retry'],
    ],
    [
      'several at once',
      { 'batch.maxRows': -1, logLevel: 'loud' },
      ['/directions/legacy-to-revamp/batch.maxRows', '/directions/legacy-to-revamp/logLevel'],
    ],
  ])('with %s is refused as a whole, with pointers', (_what, values, pointers) => {
    expect(placesOf(values as never)).toEqual(pointers);
  });

  test('of a direction that is not there, or is silent, is refused', () => {
    expect(() => planChange({ directions: { other: {} } }, [viewed()])).toThrow(RequestProblem);
    expect(() => planChange(change({ logLevel: 'warn' }), [viewed(undefined, [])])).toThrow(/No instance/);
  });
});
