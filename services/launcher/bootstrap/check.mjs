import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { build, ensureDependencies, exitCodes, requireNode, runTool, seconds } from './prepare.mjs';
import { workspaceRoot } from './workspace-packages.mjs';

requireNode();
await ensureDependencies();

const cacheDirectory = 'node_modules/.cache';
mkdirSync(join(workspaceRoot, cacheDirectory), { recursive: true });

const typescript = { packageName: 'typescript', command: 'tsc' };
const eslint = { packageName: 'eslint', command: 'eslint' };
const prettier = { packageName: 'prettier', command: 'prettier' };

const eslintArguments = ['.', '--max-warnings', '0', '--cache', '--cache-strategy', 'content'];
const prettierArguments = ['--check', '.', '--log-level', 'warn', '--cache', '--cache-strategy', 'content'];

const steps = [
  ['types of the sources (tsc -b)', build],
  ['types of the tests', () => runTool(typescript, ['-p', 'tsconfig.tests.json'])],
  [
    'lint and import rules (eslint)',
    () => runTool(eslint, [...eslintArguments, '--cache-location', `${cacheDirectory}/eslint/`]),
  ],
  ['format (prettier)', () => runTool(prettier, prettierArguments)],
];

const failed = [];
for (const [name, step] of steps) {
  const started = Date.now();
  const exitCode = await step();
  if (exitCode > 128) process.exit(exitCode);
  if (exitCode !== 0) failed.push(name);
  console.log(`${exitCode === 0 ? 'passed' : 'FAILED'}  ${name}  ${seconds(started)}`);
}
if (failed.length > 0) {
  console.log(`${failed.length} of ${steps.length} checks failed: ${failed.join('; ')}`);
  process.exitCode = exitCodes.failed;
}
