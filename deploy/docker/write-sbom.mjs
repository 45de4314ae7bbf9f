/**
 * Writes what a service's image is made of as CycloneDX JSON to standard output, from the lock file:
 * node deploy/docker/write-sbom.mjs legacy-to-revamp. Ends with 2 for a service there is none of.
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { workspaceRoot } from '../../services/launcher/bootstrap/workspace-packages.mjs';

const [service = ''] = process.argv.slice(2);
const directory = `services/${service}`;
if (
  !/^[a-z0-9]+(-[a-z0-9]+)*$/.test(service) ||
  !existsSync(join(workspaceRoot, directory, 'package.json'))
) {
  process.stderr.write(`There is no service "${service}".\n`);
  process.exit(2);
}
const options = ['--sbom-format=cyclonedx', '--sbom-type=application', '--omit=dev', '--package-lock-only'];
const { status, error } = spawnSync('npm', ['sbom', ...options, '--workspace', directory], {
  cwd: workspaceRoot,
  stdio: ['ignore', 'inherit', 'inherit'],
});
if (error) process.stderr.write(`npm could not be started: ${error.message}\n`);
process.exitCode = status ?? 3;
