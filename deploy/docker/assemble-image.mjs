/**
 * Lays out what an image holds: the production dependencies as npm has installed them, and of each package of the
 * workspace that is needed its manifest and its compiled files. Sources, tests and type declarations stay out.
 *
 *   node assemble-image.mjs --check services/<name>
 *   node assemble-image.mjs --from <compiled workspace> --to <new folder> <package folder>…
 *
 * Ends with 2 for a package folder that cannot be one, naming the services there are.
 */
import { cpSync, existsSync, mkdirSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { parseArgs } from 'node:util';
import { workspacePackages, workspaceRoot } from '../../services/launcher/bootstrap/workspace-packages.mjs';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { check: { type: 'boolean' }, from: { type: 'string' }, to: { type: 'string' } },
});

const packages = workspacePackages();
const unneeded = /\.(test|it\.test)\.js$|\.d\.ts$|\.map$|\.tsbuildinfo$/;

/** Names of what can be an image: the packages called service, once they have a program. */
function buildableServices() {
  return packages
    .filter(({ name }) => name.startsWith('@rowbridge/service-'))
    .filter(({ directory }) => existsSync(join(workspaceRoot, directory, 'src', 'main.ts')))
    .map(({ directory }) => basename(directory));
}

function refuse(message) {
  process.stderr.write(`${message}\n`);
  process.exit(2);
}

function requireService(directory) {
  const name = basename(directory);
  if (buildableServices().includes(name)) return;
  refuse(
    `There is no service "${name}". Build with --build-arg SERVICE=${buildableServices().join(' or ')}.`,
  );
}

/** The packages of the workspace that the named ones need to run, themselves included; folders by package. */
function neededPackages(directories) {
  const needed = new Set();
  const visit = (directory) => {
    if (needed.has(directory)) return;
    const found = packages.find((candidate) => candidate.directory === directory);
    if (found === undefined) refuse(`${directory} is no package of this workspace.`);
    needed.add(directory);
    for (const { name, directory: next } of packages) if (found.dependencies.includes(name)) visit(next);
  };
  directories.forEach(visit);
  return [...needed].sort();
}

function copy(source, target) {
  mkdirSync(dirname(target), { recursive: true });
  cpSync(source, target, { recursive: true, verbatimSymlinks: true });
}

if (positionals.length === 0) refuse('Name the folder of a package, such as services/legacy-to-revamp.');
for (const directory of positionals.filter((named) => named.startsWith('services/')))
  requireService(directory);
if (!values.check) {
  const { from = workspaceRoot, to } = values;
  if (to === undefined || existsSync(to)) refuse('--to must name a folder that does not exist yet.');
  if (existsSync(join(workspaceRoot, 'node_modules'))) {
    copy(join(workspaceRoot, 'node_modules'), join(to, 'node_modules'));
  }
  for (const directory of neededPackages(positionals)) {
    copy(join(from, directory, 'package.json'), join(to, directory, 'package.json'));
    cpSync(join(from, directory, 'dist'), join(to, directory, 'dist'), {
      recursive: true,
      filter: (path) => !unneeded.test(path),
    });
    const own = join(workspaceRoot, directory, 'node_modules');
    if (existsSync(own)) copy(own, join(to, directory, 'node_modules'));
  }
  copy(join(from, 'schemas'), join(to, 'schemas'));
  copy(join(from, 'LICENSE'), join(to, 'LICENSE'));
  process.stdout.write(`${relative(process.cwd(), to)}: ${neededPackages(positionals).join(', ')}\n`);
}
