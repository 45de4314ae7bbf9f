import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EngineFactoryContext } from './create-engines.js';
import { openDataDirectory } from './data-directory.js';
import { EmbeddedStack } from './embedded-stack.js';
import { SupervisedEngine } from './processes/supervised-engine.js';
import type { StackComponent } from './stack-types.js';

describe('a stack that stops', () => {
  let folder: string;
  let servers: SupervisedEngine[];

  beforeEach(() => {
    servers = [];
    folder = mkdtempSync(join(tmpdir(), 'rowbridge-stopping-'));
  });

  afterEach(async () => {
    rmSync(join(folder, 'run'), { recursive: true, force: true });
    for (const each of servers) await each.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  function server(component: StackComponent): SupervisedEngine {
    const supervised = new SupervisedEngine({
      engine: {
        ...{ component, title: component, address: 'nowhere', after: [], readyTimeoutMs: 10_000 },
        prepare: () => Promise.resolve(),
        launchSpecification: () => ({
          command: '/bin/sh',
          commandArguments: ['-c', 'exec sleep 600'],
          environment: { PATH: process.env['PATH'] },
          workingDirectory: folder,
          logFile: join(folder, `${component}.log`),
          stopSignal: 'TERM',
          stopTimeoutMs: 2_000,
        }),
        isReady: () => Promise.resolve(true),
      },
      recordFile: recordFile(component),
      onExited: () => undefined,
      onRestarted: () => undefined,
    });
    servers.push(supervised);
    return supervised;
  }

  function recordFile(component: StackComponent): string {
    return join(folder, 'run', `${component}.json`);
  }

  test('ends every component and gives its data directory back when one cannot be ended cleanly, and says why', async () => {
    const open = (): ReturnType<typeof openDataDirectory> =>
      openDataDirectory({ path: join(folder, 'data'), fresh: false, onProgress: () => undefined });
    const stack = new EmbeddedStack({
      data: await open(),
      components: ['kafka', 'connect'],
      onProgress: () => undefined,
    });
    for (const component of stack.components) {
      // Neither server knows what its factory was given.
      const member = { supervised: server(component), port: 0, context: {} as EngineFactoryContext };
      await stack.run(component, member);
    }
    // A folder in place of its record: forgetting the server fails once it has ended.
    rmSync(recordFile('connect'));
    mkdirSync(recordFile('connect'));
    await expect(stack.stop()).rejects.toThrow(/connect\.json/);
    expect(stack.processId('connect')).toBeUndefined();
    expect(stack.processId('kafka')).toBeUndefined();
    (await open()).release();
  });
});
