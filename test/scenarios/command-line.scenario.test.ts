import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import type { RunningSystem } from '@rowbridge/launcher';
import { waitFor } from '@rowbridge/testing';
import { openApplications } from './bad-input-harness.js';
import { startScenarioSystem, type ScenarioSystem } from './scenario-system.js';

const program = resolve('services/cli/bin/rowbridge.mjs');

interface Ended {
  readonly exitCode: number;
  readonly out: string;
  readonly err: string;
}

interface Letter {
  readonly id: string;
  readonly table: string;
  readonly errorCode: string;
}

describe('the command line, on a running system', () => {
  let running: ScenarioSystem;
  let system: RunningSystem;
  let folder: string;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'rowbridge-command-line-'));
    running = await startScenarioSystem();
    ({ system } = running);
  });

  afterAll(async () => {
    await running?.remove();
    rmSync(folder, { recursive: true, force: true });
  });

  function rowbridge(
    commandArguments: readonly string[],
    environment: Readonly<Record<string, string>> = {},
  ): Promise<Ended> {
    const { url, token } = system.controlApi;
    return new Promise((done) => {
      const child = execFile(
        process.execPath,
        [program, ...commandArguments],
        {
          cwd: folder,
          timeout: 120_000,
          env: {
            PATH: process.env['PATH'],
            ROWBRIDGE_API_URL: url,
            ROWBRIDGE_API_TOKEN: token,
            ...environment,
          },
        },
        (_failure, out, err) => done({ exitCode: child.exitCode ?? -1, out, err }),
      );
    });
  }

  async function json<Content>(...commandArguments: string[]): Promise<Content> {
    const { exitCode, out, err } = await rowbridge([...commandArguments, '--json']);
    if (exitCode !== 0) throw new Error(`${commandArguments.join(' ')} ended with ${exitCode}: ${err}`);
    return JSON.parse(out) as Content;
  }

  test('status and lag show every direction and table', async () => {
    const ended = await waitFor(
      async () => {
        const status = await rowbridge(['status']);
        return status.exitCode === 0 && status.out.includes('running') ? status : undefined;
      },
      { what: 'both directions to report', deadlineMs: 60_000, intervalMs: 500 },
    );
    for (const name of ['legacy-to-revamp', 'revamp-to-legacy', 'users', 'posts', 'likes', 'RUNNING']) {
      expect(ended.out).toContain(name);
    }
    const lag = await json<{ items: readonly { direction: string }[] }>('lag');
    expect(lag.items.map(({ direction }) => direction).sort()).toEqual([
      'legacy-to-revamp',
      'revamp-to-legacy',
    ]);
  });

  test('a table is paused, shown paused, and resumed; a dry run changes nothing; the audit log tells all', async () => {
    const give = (order: string, ...more: string[]): Promise<{ changed: boolean }> =>
      json('direction', order, 'legacy-to-revamp', '--table', 'posts', ...more);
    await give('pause', '--dry-run');
    expect((await rowbridge(['status'])).out).not.toMatch(/posts\s+paused/);
    await give('pause', '--reason', 'index is built');
    await waitFor(
      async () =>
        /legacy-to-revamp\s+posts\s+paused/.test((await rowbridge(['status'])).out) ? true : undefined,
      { what: 'the pause to show', deadlineMs: 30_000, intervalMs: 300 },
    );
    expect((await give('resume')).changed).toBe(true);
    const { items } = await json<{ items: readonly { action: string }[] }>('audit');
    expect(items.map(({ action }) => action)).toEqual(
      expect.arrayContaining(['table.pause', 'table.resume']),
    );
  });

  test('a poison record is listed, rehearsed, mended and gone; without the control API Kafka itself is asked', async () => {
    const [key = ''] = await openApplications(system).legacyUsers([`cli${randomBytes(4).toString('hex')}`], {
      status: 'unspeakable',
    });
    const list = (): Promise<{ items: readonly Letter[] }> =>
      json('dlq', 'list', '--key', key, '--table', 'users');
    const letter = await waitFor(async () => (await list()).items[0], {
      what: 'the dead letter to be listed',
      deadlineMs: 60_000,
      intervalMs: 300,
    });
    expect(letter.errorCode).toBe('unknown_value_word');
    const rehearsed = await rowbridge(['dlq', 'replay', letter.id, '--dry-run']);
    expect(rehearsed.out).toContain('unknown_value_word');
    expect(rehearsed.err).toContain('Nothing was changed');
    expect((await rowbridge(['dlq', 'replay', letter.id])).exitCode).toBe(1);

    const brokers = system.stack.kafka.brokers.join(',');
    const withoutApi = { ROWBRIDGE_API_URL: 'http://127.0.0.1:1', KAFKA_BROKERS: brokers };
    const listed = await rowbridge(['dlq', 'list', '--error-code', 'unknown_value_word'], withoutApi);
    expect(listed.err).toContain('asking Kafka itself');
    expect(listed.out).toContain(letter.id);
    const asked = await rowbridge(['dlq', 'replay', letter.id, '--dry-run', '--kafka', brokers], withoutApi);
    expect(asked.out).toContain('unknown_value_word');
    const shown = await rowbridge(['dlq', 'show', letter.id], withoutApi);
    expect(shown.out).toMatch(/errorCode: unknown_value_word/);
    expect(shown.out).not.toContain('unspeakable');
    const again = await rowbridge(['dlq', 'replay', letter.id, '--json'], withoutApi);
    expect([again.exitCode, JSON.parse(again.out)]).toMatchObject([
      1,
      {
        askedKafka: true,
        dryRun: false,
        results: [{ outcome: null, fault: { code: 'unknown_value_word' } }],
      },
    ]);
    const notMet = ['dlq', 'replay', '--error-code', 'not_met'];
    const unasked = await rowbridge(notMet, withoutApi);
    expect([unasked.exitCode, unasked.err]).toEqual([3, expect.stringContaining('were discarded')]);
    const none = await rowbridge([...notMet, '--kafka', brokers, '--yes', '--even-discarded'], withoutApi);
    expect([none.exitCode, none.out]).toEqual([0, expect.stringContaining('Nothing was selected')]);
    const discarded = await rowbridge(['dlq', 'discard', letter.id, '--reason', 'none'], withoutApi);
    expect([discarded.exitCode, discarded.err]).toEqual([3, expect.stringContaining('in its store alone')]);

    const mended = await rowbridge([
      'dlq',
      'edit',
      letter.id,
      '--set',
      'status=active',
      '--reason',
      'typing error',
    ]);
    expect(mended.out).toMatch(/applied|deferred/);
    expect((await list()).items).toEqual([]);
  });

  test('a sync run is planned, run to its end and in the history', async () => {
    const planned = await rowbridge(['sync', 'trigger', '--table', 'users', '--dry-run']);
    expect(planned.out).toContain('Nothing was started');
    const ended = await rowbridge(['sync', 'trigger', '--table', 'users', '--wait']);
    expect({ exitCode: ended.exitCode, err: ended.err }).toEqual({ exitCode: 0, err: '' });
    const { items } = await json<{ items: readonly { state: string }[] }>('sync', 'history');
    expect(items.map(({ state }) => state)).toEqual(['completed']);
  });

  test('settings in force are shown with where they come from, and one is changed while running', async () => {
    const shown = await rowbridge(['config', 'show', '--direction', 'legacy-to-revamp']);
    expect(shown.out).toMatch(/batch\.maxRows\s+500\s+default/);
    const changed = await rowbridge([
      'config',
      'set',
      'batch.maxRows=321',
      '--direction',
      'legacy-to-revamp',
    ]);
    expect(changed.out).toContain('500 -> 321');
    await waitFor(
      async () => {
        const { out } = await rowbridge(['config', 'show', '--direction', 'legacy-to-revamp', '--changed']);
        return /batch\.maxRows\s+321\s+runtime/.test(out) ? true : undefined;
      },
      { what: 'the setting to be in force', deadlineMs: 30_000, intervalMs: 300 },
    );
  });

  test('a reader that ends early gets no stack trace, and the command its own exit code', async () => {
    const piped = `"${process.execPath}" "${program}" audit --json | true; echo "\${PIPESTATUS[0]}"`;
    const { url, token } = system.controlApi;
    const env = { ROWBRIDGE_API_URL: url, ROWBRIDGE_API_TOKEN: token };
    const { stdout, stderr } = await promisify(execFile)('bash', ['--norc', '-c', piped], {
      cwd: folder,
      env,
    });
    expect({ stdout, stderr }).toEqual({ stdout: '0\n', stderr: '' });
  });

  test('bash completes npx rowbridge as README says, and nothing else of npx', async () => {
    const script = `source <(npx rowbridge completion bash)
      complete_npx=$(complete -p npx | sed 's/.*-F //; s/ .*//')
      offered() {
        COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)) COMPREPLY=()
        "$complete_npx"
        echo "$1 $2: \${COMPREPLY[*]}"
      }
      offered npx rowbridge sync tr
      offered npx rowbridge sync trigger --dr
      offered npx rowbridge
      offered npx tsc --no`;
    const { stdout } = await promisify(execFile)('bash', ['--norc', '-c', script], { cwd: resolve('.') });
    expect(stdout.split('\n')).toEqual([
      'npx rowbridge: trigger',
      'npx rowbridge: --dry-run',
      'npx rowbridge: ',
      'npx tsc: ',
      '',
    ]);
  });

  test('connectors are shown, planned and applied as declared', async () => {
    expect((await rowbridge(['connectors', 'status'])).out).toMatch(/legacy\s+RUNNING/);
    const settings = join(folder, 'settings.json');
    writeFileSync(settings, JSON.stringify(system.stack.connectorConverterSettings));
    const declared = { CONNECT_URL: system.stack.connect.url, ...declaration(system) };
    const plan = await rowbridge(['connectors', 'plan', '--settings', settings], declared);
    expect({ exitCode: plan.exitCode, err: plan.err }).toEqual({ exitCode: 0, err: '' });
    expect(plan.out).toContain('database.password');
    expect(plan.out).not.toContain('a-wrong-password');
    const validated = await rowbridge(['connectors', 'validate', '--settings', settings], declared);
    expect(validated.exitCode).toBe(2);
    expect(validated.out + validated.err).not.toContain('a-wrong-password');
  });
});

/** The running system's databases, with a password that is not theirs: a plan shows the change and masks it. */
function declaration({ databases, stack }: RunningSystem): Record<string, string> {
  const side = (prefix: string, engine: string, url: string): Record<string, string> => {
    const { hostname, port, pathname } = new URL(url);
    return {
      [`${prefix}_ENGINE`]: engine,
      [`${prefix}_HOST`]: hostname,
      [`${prefix}_PORT`]: port,
      [`${prefix}_DATABASE`]: pathname.slice(1),
      [`${prefix}_CAPTURE_USER`]: 'rowbridge_capture',
      [`${prefix}_CAPTURE_PASSWORD`]: 'a-wrong-password',
    };
  };
  return {
    KAFKA_BROKERS: stack.kafka.brokers.join(','),
    ...side('DB_LEGACY', 'postgres', databases.legacy.applicationUrl),
    ...side('DB_REVAMP', 'mariadb', databases.revamp.applicationUrl),
  };
}
