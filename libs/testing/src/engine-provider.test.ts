import { createEngineProvider } from './engine-provider.js';

describe('the engine provider', () => {
  test('is the embedded one unless another is asked for', () => {
    expect(createEngineProvider({}).name).toBe('embedded');
    expect(createEngineProvider({ ROWBRIDGE_TEST_ENGINES: 'embedded' }).name).toBe('embedded');
    expect(createEngineProvider({ ROWBRIDGE_TEST_ENGINES: 'testcontainers' }).name).toBe('testcontainers');
  });

  test('is refused by name when it is none of the two', () => {
    expect(() => createEngineProvider({ ROWBRIDGE_TEST_ENGINES: 'podman' })).toThrow(
      'ROWBRIDGE_TEST_ENGINES is "podman"; it may be embedded or testcontainers.',
    );
  });
});
