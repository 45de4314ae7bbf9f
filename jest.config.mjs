import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { workspacePackages, workspaceRoot } from './services/launcher/bootstrap/workspace-packages.mjs';

const engineFiles = '\\.it\\.test\\.ts$';
const scenarioFiles = '/test/scenarios/.*\\.scenario\\.test\\.ts$';

/** Workspace packages are tested from their sources, so a test never sees a stale build. */
const workspaceSources = Object.fromEntries(
  workspacePackages().map(({ name, directory }) => [`^${name}$`, `<rootDir>/${directory}/src/index.ts`]),
);

function installedPackages() {
  const modules = join(workspaceRoot, 'node_modules');
  return readdirSync(modules).flatMap((entry) =>
    entry.startsWith('@') ? readdirSync(join(modules, entry)).map((name) => `${entry}/${name}`) : [entry],
  );
}

/** Packages that offer no CommonJS entry: they are transformed like our own code. */
function packagesWithoutCommonJs() {
  return installedPackages().filter((name) => {
    const manifestPath = join(workspaceRoot, 'node_modules', name, 'package.json');
    if (!existsSync(manifestPath)) return false;
    const manifest = JSON.parse(readFileSync(manifestPath, 'utf8'));
    return manifest.type === 'module' && !JSON.stringify(manifest.exports ?? '').includes('"require"');
  });
}

function transformWith(syntax) {
  return [
    '@swc/jest',
    {
      swcrc: false,
      sourceMaps: 'inline',
      module: { type: 'commonjs' },
      jsc: { target: 'es2022', parser: { syntax }, keepClassNames: true },
    },
  ];
}

/**
 * Global set-up and teardown run outside Jest's resolver, so they are taken from the build of `libs/testing`
 * (`npm test` builds first) and apply to a project only once that package has them.
 */
function engineLifeCycle() {
  const built = (name) => join(workspaceRoot, 'libs/testing/dist', `${name}.js`);
  const lifeCycle = {};
  if (existsSync(built('global-setup'))) lifeCycle.globalSetup = built('global-setup');
  if (existsSync(built('global-teardown'))) lifeCycle.globalTeardown = built('global-teardown');
  return lifeCycle;
}

const shared = {
  rootDir: workspaceRoot,
  roots: ['libs', 'services', 'connectors', 'test']
    .filter((directory) => existsSync(join(workspaceRoot, directory)))
    .map((directory) => `<rootDir>/${directory}`),
  testEnvironment: 'node',
  setupFilesAfterEnv: ['<rootDir>/test/jest/time-limit.cjs'],
  moduleFileExtensions: ['ts', 'js', 'mjs', 'cjs', 'json', 'node'],
  modulePathIgnorePatterns: ['/dist/', '/\\.rowbridge/'],
  moduleNameMapper: { ...workspaceSources, '^(\\.{1,2}/.*)\\.js$': ['$1.ts', '$1.js'] },
  transform: { '\\.ts$': transformWith('typescript'), '\\.m?js$': transformWith('ecmascript') },
  transformIgnorePatterns: [`/node_modules/(?!(${packagesWithoutCommonJs().join('|')})/)`],
  restoreMocks: true,
};

export default {
  maxWorkers: 2,
  projects: [
    {
      ...shared,
      displayName: 'unit',
      testRegex: ['\\.test\\.ts$'],
      globals: { testTimeLimitMs: 15_000 },
      testPathIgnorePatterns: ['/node_modules/', engineFiles, '\\.scenario\\.test\\.ts$'],
    },
    {
      ...shared,
      ...engineLifeCycle(),
      displayName: 'engine',
      globals: { testTimeLimitMs: 120_000 },
      testRegex: [engineFiles],
    },
    {
      ...shared,
      displayName: 'scenario',
      globals: { testTimeLimitMs: 600_000 },
      testRegex: [scenarioFiles],
      runner: '<rootDir>/test/jest/serial-runner.cjs',
    },
  ],
};
