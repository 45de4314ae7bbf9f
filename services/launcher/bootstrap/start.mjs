import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { prepare } from './prepare.mjs';
import { workspaceRoot } from './workspace-packages.mjs';

await prepare();

// The launcher runs in this process: signals reach it directly, its exit code is the command's, and no process
// stands between it and whoever started it.
const launcher = join(workspaceRoot, 'services/launcher/dist/main.js');
process.argv[1] = launcher;
process.chdir(workspaceRoot);
await import(pathToFileURL(launcher).href);
