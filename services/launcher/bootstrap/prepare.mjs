import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { constants } from 'node:os';
import { dirname, join } from 'node:path';
import { workspaceRoot } from './workspace-packages.mjs';

/** Exit codes of every command: 1 failed at run time, 3 something it needs is missing or unreachable. */
export const exitCodes = { done: 0, failed: 1, unavailable: 3 };

const oldestNode = [20, 19];

function say(text) {
  process.stderr.write(`${text}\n`);
}

/** Ends the process with exit code 3 when this Node is older than the workspace needs. */
export function requireNode(version = process.versions.node) {
  const [major, minor] = version.split('.').map(Number);
  const [oldestMajor, oldestMinor] = oldestNode;
  if (major > oldestMajor || (major === oldestMajor && minor >= oldestMinor)) return;
  say(
    `Rowbridge needs Node.js ${oldestNode.join('.')} or newer; this is ${version}. ` +
      'Install a current release from nodejs.org or with your version manager (see .nvmrc), then run the command again.',
  );
  process.exit(exitCodes.unavailable);
}

/**
 * Runs a program in the workspace root and passes signals on to it.
 *
 * @param {string} program
 * @param {string[]} programArguments
 * @param {{quiet?: boolean, environment?: Record<string, string>}} [settings] `quiet` sends the program's standard
 *   output to standard error, so that the caller's own output stays clean.
 * @returns {Promise<number>} its exit code; 128 + the signal's number when a signal ended it.
 */
export function run(program, programArguments, { quiet = false, environment = {} } = {}) {
  return new Promise((resolveExit) => {
    const child = spawn(program, programArguments, {
      cwd: workspaceRoot,
      stdio: ['inherit', quiet ? process.stderr : 'inherit', 'inherit'],
      env: { ...process.env, ...environment },
    });
    const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
    const forward = (signal) => {
      // A terminal has already sent its Ctrl-C to the whole group; a second one would mean "now, at once".
      if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal);
    };
    for (const signal of signals) process.on(signal, forward);
    const finish = (exitCode) => {
      for (const signal of signals) process.removeListener(signal, forward);
      resolveExit(exitCode);
    };
    child.on('error', (failure) => {
      say(`${program} could not be started: ${failure.message}`);
      finish(exitCodes.unavailable);
    });
    child.on('exit', (exitCode, signal) => finish(exitCode ?? 128 + (constants.signals[signal] ?? 0)));
  });
}

/**
 * Runs the command line of an installed package with this Node.
 *
 * @param {string} packageName the package
 * @param {string} command the name in the package's `bin`
 * @param {string[]} commandArguments
 * @param {Parameters<typeof run>[2]} [settings]
 */
export function runTool({ packageName, command }, commandArguments, settings) {
  return run(process.execPath, [toolPath(packageName, command), ...commandArguments], settings);
}

function toolPath(packageName, command) {
  const manifestPath = createRequire(join(workspaceRoot, 'package.json')).resolve(
    `${packageName}/package.json`,
  );
  const { bin } = JSON.parse(readFileSync(manifestPath, 'utf8'));
  return join(dirname(manifestPath), typeof bin === 'string' ? bin : bin[command]);
}

/**
 * True when what npm recorded at the end of its last installation is what the lock file asks for. Packages for other
 * platforms do not count.
 */
function isInstalled() {
  const recorded = join(workspaceRoot, 'node_modules/.package-lock.json');
  if (!existsSync(recorded)) return false;
  const packagesOf = (path) => JSON.parse(readFileSync(path, 'utf8')).packages ?? {};
  const present = packagesOf(recorded);
  return Object.entries(packagesOf(join(workspaceRoot, 'package-lock.json'))).every(
    ([path, wanted]) =>
      !path.startsWith('node_modules/') ||
      wanted.optional ||
      (present[path]?.version === wanted.version && present[path]?.resolved === wanted.resolved),
  );
}

function npmCommand() {
  const besideNode = process.env.npm_execpath;
  if (besideNode && /npm-cli\.[cm]?js$/.test(besideNode))
    return { program: process.execPath, first: [besideNode] };
  return { program: process.platform === 'win32' ? 'npm.cmd' : 'npm', first: [] };
}

/** Installs the pinned dependencies when they are absent or not those of the lock file; exits 3 when that fails. */
export async function ensureDependencies() {
  if (isInstalled()) return;
  say('Installing dependencies (npm ci) …');
  const started = Date.now();
  const { program, first } = npmCommand();
  const npmArguments = [...first, 'ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=warn'];
  const exitCode = await run(program, npmArguments, { quiet: true });
  if (exitCode !== 0) {
    say(
      'The dependencies could not be installed: npm ci failed, its reason is above. Check the network and run again.',
    );
    process.exit(exitCode > 128 ? exitCode : exitCodes.unavailable);
  }
  say(`Dependencies installed in ${seconds(started)}.`);
}

/** Compiles what has changed, diagnostics to standard error. Returns the compiler's exit code. */
export function build() {
  return runTool({ packageName: 'typescript', command: 'tsc' }, ['-b'], { quiet: true });
}

/** Node's version, dependencies and build, in that order; ends the process when one of them fails. */
export async function prepare() {
  requireNode();
  await ensureDependencies();
  const exitCode = await build();
  if (exitCode !== 0) {
    say('The build failed: the compiler errors are above.');
    process.exit(exitCode > 128 ? exitCode : exitCodes.failed);
  }
}

/** The time since `started` (milliseconds since the epoch) as text, such as `3.2 s`. */
export function seconds(started) {
  return `${((Date.now() - started) / 1000).toFixed(1)} s`;
}
