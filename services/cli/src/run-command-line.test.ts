import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { abandonedStream, nobody, runCommand, type Ended } from './command-line-bench.js';
import { runCommandLine } from './run-command-line.js';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'rowbridge-cli-'));
});

afterEach(() => rmSync(folder, { recursive: true }));

const run = (
  commandArguments: readonly string[],
  environment?: Readonly<Record<string, string>>,
): Promise<Ended> => runCommand(commandArguments, environment, folder);

describe('the command line', () => {
  test.each([
    [['--help'], /Exit codes:/],
    [['sync', 'trigger', '--help'], /Examples:/],
    [['connectors', 'plan', '--help'], /DB_LEGACY_CAPTURE_USER/],
  ])('%j prints help and ends with 0', async (commandArguments, text) => {
    const { exitCode, out } = await run(commandArguments);
    expect(exitCode).toBe(0);
    expect(out).toMatch(text);
  });

  test.each([
    [['nonsense'], /unknown command/],
    [['sync', 'history', '--limit', '0'], /whole number from 1/],
    [['config', 'validate', '--for', 'somewhere'], /Allowed choices are/],
    [['sync', 'trigger', '--reset'], /add --yes/],
    [['sync', 'trigger', '--only', 'id'], /--only takes column=value/],
    [['status', '--api-url', 'ftp://somewhere'], /no address of a control API/],
    [['status', '--token-file', '/does/not/exist'], /token file cannot be read/],
  ])('%j is bad usage: exit 2 with what is wrong', async (commandArguments, text) => {
    const { exitCode, out, err } = await run(commandArguments, { ROWBRIDGE_API_URL: nobody });
    expect({ exitCode, out }).toEqual({ exitCode: 2, out: '' });
    expect(err).toMatch(text);
  });

  test('an API that cannot be reached ends with 3 and says which and what to do', async () => {
    const { exitCode, err } = await run(['lag'], { ROWBRIDGE_API_URL: nobody });
    expect(exitCode).toBe(3);
    expect(err).toContain(nobody);
    expect(err).toContain('--api-url');
  });

  // Port 1 is one that fetch itself refuses to call.
  test.each([nobody, 'http://127.0.0.1:1', 'http://nobody.invalid'])(
    'with --json a failure is JSON too: %s was never reached',
    async (url) => {
      const { exitCode, err } = await run(['lag', '--json'], { ROWBRIDGE_API_URL: url });
      expect(JSON.parse(err)).toMatchObject({ error: { code: 'control_api_unreachable', exitCode: 3 } });
      expect(exitCode).toBe(3);
    },
  );

  test.each([
    [['dlq', 'discard', '0-1', '--json'], /^required option '--reason <text>' not specified/],
    [['nonsense', '--json'], /^unknown command 'nonsense'/],
    [['sync', 'history', '--limit', '0', '--json'], /whole number from 1/],
    [['dlq', '--json'], /^name a command/],
    [['sync', 'trigger', '--reset', '--json'], /add --yes/],
  ])('with --json bad usage is JSON too: %j', async (commandArguments, text) => {
    const { exitCode, out, err } = await run(commandArguments);
    expect({ exitCode, out }).toEqual({ exitCode: 2, out: '' });
    expect(JSON.parse(err)).toEqual({
      error: { code: null, message: expect.stringMatching(text) as string, exitCode: 2 },
    });
  });

  test('a reader that has ended, as head does, is no failure; the exit code stays that of the command', async () => {
    const surroundings = { environment: {}, workingDirectory: folder };
    const streams = { out: abandonedStream(), err: abandonedStream() };
    expect(await runCommandLine(['completion', 'bash'], { ...surroundings, ...streams })).toBe(0);
    expect(await runCommandLine(['nonsense'], { ...surroundings, ...streams })).toBe(2);
  });

  test.each(['secret\nsecret', 'secret€'])(
    'a token that no header takes is refused unsaid',
    async (token) => {
      const { exitCode, err } = await run(['lag'], { ROWBRIDGE_API_URL: nobody, ROWBRIDGE_API_TOKEN: token });
      expect(exitCode).toBe(2);
      expect(err).toContain('ROWBRIDGE_API_TOKEN');
      expect(err).not.toContain('secret');
    },
  );

  test('the stack that runs here or above is found, and its token stays with it', async () => {
    mkdirSync(join(folder, '.rowbridge'));
    const controlApi = { url: nobody, token: 'token-of-the-stack' };
    writeFileSync(join(folder, '.rowbridge', 'stack.json'), JSON.stringify({ controlApi }));
    const { err } = await run(['lag']);
    expect(err).toContain(nobody);
    expect(err).not.toContain('token-of-the-stack');
  });

  test('a configuration is refused with every fault and its place', async () => {
    const file = join(folder, 'direction.yaml');
    writeFileSync(file, 'kafka: { brokers: [nowhere] }\n');
    const { exitCode, err } = await run(['config', 'validate', file, '--for', 'legacy-to-revamp']);
    expect(exitCode).toBe(2);
    expect(err).toMatch(/direction\.yaml:1:\d+: kafka\.brokers/);
    expect(err).toMatch(/connect\.url: is required and missing/);
  });

  test('completion offers commands, subcommands, choices and begun options', async () => {
    const offered = async (...words: string[]): Promise<string[]> =>
      (await run(['complete', '--', ...words])).out.trim().split('\n');
    expect(await offered('')).toEqual(expect.arrayContaining(['status', 'sync', 'connectors']));
    expect(await offered('')).not.toContain('complete');
    expect(await offered('sync', 'tr')).toEqual(['trigger']);
    expect(await offered('sync', 'trigger', '--dr')).toEqual(['--dry-run']);
    expect(await offered('config', 'validate', '--for', 'legacy')).toEqual(['legacy-to-revamp']);
    expect(await offered('completion', 'z')).toEqual(['zsh']);
  });
});
