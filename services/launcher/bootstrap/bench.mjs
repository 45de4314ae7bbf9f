import { prepare, runTool } from './prepare.mjs';

await prepare();
const benchArguments = ['test/bench/main.ts', ...process.argv.slice(2)];
process.exitCode = await runTool({ packageName: 'tsx', command: 'tsx' }, benchArguments);
