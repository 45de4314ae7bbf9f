import { spawnSync, type SpawnSyncReturns } from 'node:child_process';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const bootstrap = join(import.meta.dirname, '../../services/launcher/bootstrap');

/** Runs a few lines of plain Node with `prepare` bound to the module that prepares every command. */
function runWithPrepare(lines: string): SpawnSyncReturns<string> {
  const address = pathToFileURL(join(bootstrap, 'prepare.mjs')).href;
  const program = `const prepare = await import(${JSON.stringify(address)});\n${lines}`;
  return spawnSync(process.execPath, ['--input-type=module', '--eval', program], { encoding: 'utf8' });
}

describe('the commands before anything is installed', () => {
  test.each(['18.20.4', '20.18.3'])(
    'refuse Node.js %s with exit code 3, saying what is needed',
    (version) => {
      const { status, stderr } = runWithPrepare(`prepare.requireNode('${version}');`);
      expect(status).toBe(3);
      expect(stderr).toContain(`Rowbridge needs Node.js 20.19 or newer; this is ${version}.`);
    },
  );

  test.each(['20.19.0', '22.0.0', '24.1.0'])('accept Node.js %s', (version) => {
    expect(runWithPrepare(`prepare.requireNode('${version}');`)).toMatchObject({ status: 0, stderr: '' });
  });

  test('keep the exit code of what they run, and 128 + the number of a signal that ended it', () => {
    const { stdout } = runWithPrepare(
      `for (const body of ['process.exit(7)', 'process.kill(process.pid, "SIGKILL")']) {
         console.log(await prepare.run(process.execPath, ['--eval', body]));
       }`,
    );
    expect(stdout).toBe('7\n137\n');
  });

  test('pass SIGTERM on to what they run', () => {
    const answering =
      'process.on("SIGTERM", () => process.exit(42)); setInterval(() => {}, 1000); process.kill(process.ppid, "SIGTERM")';
    const { stdout } = runWithPrepare(
      `console.log(await prepare.run(process.execPath, ['--eval', ${JSON.stringify(answering)}]));`,
    );
    expect(stdout).toBe('42\n');
  });
});
