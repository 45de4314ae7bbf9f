import { mkdtempSync, readdirSync, rmSync, mkdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { spawnSync } from 'node:child_process';
import { validate } from 'dockerfile-utils';
import { readRepositoryFile, repositoryRoot, runCommand } from './deploy-folder.js';

const dockerfiles = ['deploy/docker/Dockerfile', 'deploy/docker/connect/Dockerfile'];

interface Instruction {
  readonly keyword: string;
  readonly rest: string;
}

/** The instructions of a Dockerfile, continued lines joined. */
function instructionsOf(path: string): readonly Instruction[] {
  const joined = readRepositoryFile(path)
    .split('\n')
    .filter((line) => !line.trimStart().startsWith('#'))
    .join('\n')
    .replaceAll(/\\\n/g, ' ');
  return joined
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => {
      const [, keyword = '', rest = ''] = /^(\S+)\s+(.*)$/.exec(line) ?? [];
      return { keyword, rest: rest.replaceAll(/\s+/g, ' ') };
    });
}

describe.each(dockerfiles)('%s', (path) => {
  const instructions = instructionsOf(path);
  const allOf = (keyword: string): string[] =>
    instructions.filter((instruction) => instruction.keyword === keyword).map(({ rest }) => rest);

  test('is what the linter of Dockerfiles takes', () => {
    expect(validate(readRepositoryFile(path))).toEqual([]);
  });

  test('starts from pinned images and copies from stages there are', () => {
    for (const image of allOf('ARG').filter((argument) => argument.includes('_IMAGE='))) {
      expect(image).toMatch(/^\w+=[a-z/]+:\d+\.\d+\.\d+[\w.-]*$/);
    }
    const stages = allOf('FROM').flatMap((from) => / AS (\S+)$/.exec(from)?.[1] ?? []);
    const copied = allOf('COPY').flatMap((copy) => /--from=(\S+)/.exec(copy)?.[1] ?? []);
    expect(copied.length).toBeGreaterThan(0);
    for (const stage of copied) expect(stages).toContain(stage);
  });

  test('runs as a user by number that is not root, and tells its health', () => {
    expect(allOf('USER').length).toBeGreaterThan(0);
    for (const user of allOf('USER')) expect(user).toMatch(/^[1-9]\d*:[1-9]\d*$/);
    expect(allOf('HEALTHCHECK')).toHaveLength(1);
    expect(allOf('ENTRYPOINT').every((entry) => entry.startsWith('["'))).toBe(true);
  });

  test('is labelled as the Open Container Initiative says', () => {
    const labels = allOf('LABEL').join(' ');
    for (const label of ['title', 'description', 'licenses', 'version']) {
      expect(labels).toContain(`org.opencontainers.image.${label}=`);
    }
  });

  test('installs nothing by a script of a package, and fetches nothing by address', () => {
    for (const command of allOf('RUN').filter((run) => run.includes('npm ci'))) {
      expect(command).toContain('--ignore-scripts');
    }
    expect(instructions.map(({ keyword, rest }) => `${keyword} ${rest}`).join('\n')).not.toMatch(
      /curl |wget |ADD http/,
    );
  });
});

test.each([
  ['an instruction there is none of', 'ENTRYPOINT [', 'ENTRYPOINTS ['],
  ['a flag there is none of', '--chown=root:root', '--owner=root:root'],
  ['a health check of no interval', '--interval=10s', '--interval=10'],
  ['an argument that is missing', 'WORKDIR /app', 'WORKDIR'],
  ['a port that is none', 'EXPOSE 8080', 'EXPOSE http'],
])('the linter of Dockerfiles finds %s', (_title, holds, breaks) => {
  const text = readRepositoryFile('deploy/docker/Dockerfile');
  expect(text).toContain(holds);
  expect(validate(text.replaceAll(holds, breaks))).not.toEqual([]);
});

describe('the Kafka Connect image', () => {
  test('holds the versions the tests run on', () => {
    const catalog = readRepositoryFile('libs/embedded-stack/src/artifacts/catalog.ts');
    const versionOf = (name: string): string =>
      new RegExp(`${name} = '([^']+)'`).exec(catalog)?.[1] ?? `no ${name}`;
    const project = readRepositoryFile('deploy/docker/connect/pom.xml');
    expect(project).toContain(`<debezium.version>${versionOf('debeziumVersion')}</debezium.version>`);
    const converter = /apicurio-registry-utils-converter:([\w.]+)'/.exec(catalog)?.[1];
    expect(project).toContain(`<converter.version>${converter}</converter.version>`);
    const dockerfile = readRepositoryFile('deploy/docker/connect/Dockerfile');
    expect(dockerfile).toContain(`KAFKA_IMAGE=apache/kafka:${versionOf('kafkaVersion')}`);
    expect(readRepositoryFile('docker-compose.yml')).toContain(
      `apicurio/apicurio-registry:${/schemaRegistry: '([^']+)'/.exec(catalog)?.[1]}`,
    );
  });

  test('leaves out of the converter what the embedded one leaves out', () => {
    const catalog = readRepositoryFile('libs/embedded-stack/src/artifacts/catalog.ts');
    const excluded = /name: 'avro-converter'[\s\S]*?excluded: \[([^\]]+)\]/.exec(catalog)?.[1];
    const names = excluded?.replaceAll(/['\s]/g, '');
    expect(readRepositoryFile('deploy/docker/connect/pom.xml')).toContain(
      `<excludeArtifactIds>${names}</excludeArtifactIds>`,
    );
  });
});

describe('what an image is made from', () => {
  let scratch: string;

  beforeEach(() => {
    scratch = mkdtempSync(join(tmpdir(), 'rowbridge-image-'));
  });

  afterEach(() => rmSync(scratch, { recursive: true, force: true }));

  const assemble = (...programArguments: string[]) =>
    runCommand(process.execPath, ['deploy/docker/assemble-image.mjs', ...programArguments]);

  test('is refused with exit code 2, naming the services there are, when there is no such service', () => {
    const { status, output } = assemble('--check', 'services/legacy-to-moon');
    expect(status).toBe(2);
    expect(output).toMatch(/no service "legacy-to-moon".*SERVICE=.*legacy-to-revamp or revamp-to-legacy/);
  });

  test('is compiled files and SQL, without sources, tests or the development of others', () => {
    const tree = join(scratch, 'workspace');
    for (const folder of ['services/launcher/bootstrap', 'deploy/docker']) {
      mkdirSync(join(tree, folder), { recursive: true });
    }
    for (const file of [
      'services/launcher/bootstrap/workspace-packages.mjs',
      'deploy/docker/assemble-image.mjs',
    ]) {
      writeFileSync(join(tree, file), readRepositoryFile(file));
    }
    writePackage(tree, 'services/one-to-two', {
      name: '@rowbridge/service-one-to-two',
      dependencies: { '@rowbridge/needed': '*' },
    });
    writePackage(tree, 'libs/needed', { name: '@rowbridge/needed' });
    writePackage(tree, 'libs/unneeded', { name: '@rowbridge/unneeded' });
    writeFileSync(join(tree, 'package.json'), JSON.stringify({ workspaces: ['libs/*', 'services/*'] }));
    writeFileSync(join(tree, 'LICENSE'), '');
    mkdirSync(join(tree, 'schemas'));
    const { status } = spawnSync(process.execPath, [
      join(tree, 'deploy/docker/assemble-image.mjs'),
      '--to',
      join(scratch, 'image'),
      'services/one-to-two',
    ]);
    expect(status).toBe(0);
    const files = readdirSync(join(scratch, 'image'), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(join(scratch, 'image').length + 1));
    expect(files.sort()).toEqual([
      'LICENSE',
      'libs/needed/dist/main.js',
      'libs/needed/package.json',
      'services/one-to-two/dist/main.js',
      'services/one-to-two/package.json',
    ]);
  });
});

function writePackage(tree: string, directory: string, manifest: object): void {
  for (const [path, content] of [
    ['package.json', JSON.stringify(manifest)],
    ['src/main.ts', ''],
    ['dist/main.js', ''],
    ['dist/main.test.js', ''],
    ['dist/main.d.ts', ''],
    ['dist/main.js.map', ''],
  ] as const) {
    mkdirSync(join(tree, directory, path, '..'), { recursive: true });
    writeFileSync(join(tree, directory, path), content);
  }
}

describe('an image that is started', () => {
  const start = (environment: Record<string, string>, ...programArguments: string[]) =>
    spawnSync(
      process.execPath,
      [join(repositoryRoot, 'deploy/docker/start-service.mjs'), ...programArguments],
      {
        encoding: 'utf8',
        env: { PATH: process.env['PATH'], ROWBRIDGE_ROOT: repositoryRoot, ...environment },
      },
    );

  test.each([
    ['with an unknown direction', { ROWBRIDGE_SERVICE: 'legacy-to-revamp' }, ['legacy-to-moon']],
    [
      'with a direction that is not its own',
      { ROWBRIDGE_SERVICE: 'legacy-to-revamp', ROWBRIDGE_DIRECTION: 'revamp-to-legacy' },
      [],
    ],
    ['and was built for no service', {}, []],
  ])('%s ends with 2, and says that starting again is of no use', (_title, environment, programArguments) => {
    const { status, stderr } = start(environment, ...programArguments);
    expect(status).toBe(2);
    expect(stderr).toMatch(/legacy-to-(moon|revamp)|SERVICE/);
    expect(stderr).toContain('starting again changes nothing');
    expect(stderr).toContain('Kubernetes tries all the same, after ever longer waits');
  });

  test('without its secrets ends with 2 and names key and variable of each', () => {
    const { status, stderr } = start({ ROWBRIDGE_SERVICE: 'legacy-to-revamp' });
    expect(status).toBe(2);
    expect(stderr).toMatch(/DB_LEGACY_PASSWORD.*source\.password: is required and missing/);
    expect(stderr).toMatch(/DB_REVAMP_PASSWORD.*target\.password: is required and missing/);
    expect(stderr).toMatch(/\nExit code 2: starting again changes nothing until this is corrected\./);
    expect(stderr).not.toContain('    at ');
  });

  test('with a secret that is not mounted ends with 2 and names variable and file', () => {
    const { status, stderr } = start({
      ROWBRIDGE_SERVICE: 'legacy-to-revamp',
      DB_LEGACY_PASSWORD_FILE: '/secrets/legacy-database/password',
    });
    expect(status).toBe(2);
    expect(stderr).toMatch(/DB_LEGACY_PASSWORD_FILE: source\.password: the file cannot be read: ENOENT/);
    expect(stderr).not.toContain('    at ');
  });
});
