import { directionConfigurationSchema, type DirectionConfiguration } from './direction-configuration.js';
import { withRuntimeSettings } from './runtime-settings.js';

const database = { engine: 'postgres', database: 'app', user: 'sync', password: 'hidden-word' };

describe('withRuntimeSettings', () => {
  const configuration: DirectionConfiguration = directionConfigurationSchema.parse({
    direction: 'legacy-to-revamp',
    kafka: { brokers: ['127.0.0.1:9092'] },
    schemaRegistry: { url: 'http://127.0.0.1:8082' },
    connect: { url: 'http://127.0.0.1:8083' },
    source: database,
    target: database,
  });

  it('replaces what is named and leaves the rest, secrets included, as it was', () => {
    const changed = withRuntimeSettings(configuration, { 'batch.maxRows': 7, logLevel: 'debug' });
    expect(changed.batch).toEqual({ ...configuration.batch, maxRows: 7 });
    expect(changed.logLevel).toBe('debug');
    expect(changed.source).toBe(configuration.source);
    expect(configuration.batch.maxRows).toBe(500);
  });

  it('reaches nothing but the configuration by a path', () => {
    expect(withRuntimeSettings(configuration, { '__proto__.reached': 1 })).toEqual(configuration);
    expect(({} as { readonly reached?: number }).reached).toBeUndefined();
  });

  it.each([
    ['a value out of its range', { 'batch.maxRows': 0 }, /batch\.maxRows: found 0; allowed: whole number/],
    ['a value of another type', { 'breaker.ofLast': 'many' }, /breaker\.ofLast: found "many"/],
    ['values that contradict each other', { 'breaker.deadLetters': 101 }, /deadLetters is above ofLast/],
    ['a key that is none', { 'batch.minRows': 1 }, /unknown key "minRows"/],
    ['a group in place of a key', { batch: 1 }, /batch: found 1/],
  ])('refuses %s and says which', (_case, values, message) => {
    expect(() => withRuntimeSettings(configuration, values)).toThrow(message);
  });
});
