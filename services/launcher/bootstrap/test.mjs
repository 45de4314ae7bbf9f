import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exitCodes, prepare, runTool } from './prepare.mjs';

/**
 * `N passed, N failed` from Jest's own totals, with `, N skipped` when any test was. A test file that could not
 * even run counts as a failure, since none of its tests passed.
 */
function totals(results) {
  const failed = results.numFailedTests + results.numRuntimeErrorTestSuites;
  const skipped = results.numPendingTests + results.numTodoTests;
  const line = `${results.numPassedTests} passed, ${failed} failed`;
  return { failed, passed: results.numPassedTests, line: skipped > 0 ? `${line}, ${skipped} skipped` : line };
}

function readResults(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return undefined;
  }
}

// Whatever ends the command before Jest has results is a failure, and is restated like one.
let restated = false;
process.once('exit', () => {
  if (!restated) console.log('0 passed, 1 failed');
});

await prepare();
const typesExitCode = await runTool(
  { packageName: 'typescript', command: 'tsc' },
  ['-p', 'tsconfig.tests.json'],
  {
    quiet: true,
  },
);
if (typesExitCode !== 0) {
  console.error('The tests do not compile: the compiler errors are above.');
  process.exit(typesExitCode > 128 ? typesExitCode : exitCodes.failed);
}

const resultsDirectory = mkdtempSync(join(tmpdir(), 'rowbridge-test-'));
const resultsFile = join(resultsDirectory, 'results.json');
const jestExitCode = await runTool(
  { packageName: 'jest', command: 'jest' },
  ['--json', `--outputFile=${resultsFile}`, ...process.argv.slice(2)],
  { quiet: true },
);
const results = readResults(resultsFile);
rmSync(resultsDirectory, { recursive: true, force: true });

if (!results) {
  console.error('Jest ended without results.');
  process.exitCode = jestExitCode || exitCodes.failed;
} else {
  const { passed, failed, line } = totals(results);
  if (passed + failed === 0) console.error('No test ran.');
  restated = true;
  console.log(line);
  process.exitCode = jestExitCode || (failed > 0 || passed === 0 ? exitCodes.failed : exitCodes.done);
}
