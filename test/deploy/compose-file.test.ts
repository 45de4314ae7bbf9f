import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DCLinter } from 'dclint';
import { readRepositoryFile, readYaml, repositoryRoot } from './deploy-folder.js';

interface ComposeService {
  readonly image?: string;
  readonly build?: { readonly context: string; readonly dockerfile?: string; readonly args?: object };
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
  readonly environment?: Readonly<Record<string, string>>;
  readonly healthcheck?: object;
  readonly ports?: readonly string[];
  readonly profiles?: readonly string[];
  readonly restart?: string;
  readonly volumes?: readonly string[];
  readonly deploy?: { readonly resources?: { readonly limits?: object } };
  readonly read_only?: boolean;
  readonly cap_drop?: readonly string[];
  readonly command?: readonly string[];
}

interface ComposeFile {
  readonly services: Readonly<Record<string, ComposeService>>;
  readonly volumes?: Readonly<Record<string, object>>;
}

const compose = readYaml<ComposeFile>('docker-compose.yml');
const override = readYaml<ComposeFile>('docker-compose.override.yml');
const services = Object.entries(compose.services);
const ours = ['legacy-to-revamp', 'revamp-to-legacy', 'control-api'];
/** They run once and end. */
const steps = ['secrets', 'schemas-folder', 'provision'];

/**
 * The linter's rules that are not in force: ours are built and named at once (`image` is what a build is tagged with),
 * and what order keys stand in is for who writes them.
 */
const rules = {
  'no-build-and-image': 0,
  'no-quotes-in-volumes': 0,
  'require-project-name-field': 0,
  'service-dependencies-alphabetical-order': 0,
  'service-keys-order': 0,
  'services-alphabetical-order': 0,
  'top-level-properties-order': 0,
} as const;

/** The linter's own types name its modules in a way that TypeScript does not resolve here. */
interface LintedFile {
  readonly messages: readonly { readonly rule: string; readonly line: number; readonly message: string }[];
}

/** What dclint finds: first whether a file is what the Compose specification says, then its rules. */
function lint(...paths: readonly string[]): readonly string[] {
  const linter = new DCLinter({ rules, quiet: true, debug: false, exclude: [] });
  const files: readonly LintedFile[] = linter.lintFiles([...paths], false);
  return files.flatMap(({ messages }) =>
    messages.map(({ rule, line, message }) => `${rule}: line ${line}: ${message}`),
  );
}

describe('the compose linter', () => {
  test('finds nothing against the compose files', () => {
    const paths = ['docker-compose.yml', 'docker-compose.override.yml'];
    expect(lint(...paths.map((path) => join(repositoryRoot, path)))).toEqual([]);
  });

  test.each([
    {
      fault: 'a key the specification does not have',
      holds: 'restart: unless-stopped',
      breaks: 'restarts: unless-stopped',
      rule: 'invalid-schema',
    },
    {
      fault: 'a port open to every network',
      holds: "'127.0.0.1:8080:8080'",
      breaks: "'8080:8080'",
      rule: 'no-unbound-port-interfaces',
    },
    {
      fault: 'an image of no version',
      holds: 'image: mysql:8.4.6',
      breaks: 'image: mysql',
      rule: 'service-image-require-explicit-tag',
    },
    {
      fault: 'a port taken twice',
      holds: "'127.0.0.1:3001:3000'",
      breaks: "'127.0.0.1:8080:3000'",
      rule: 'no-duplicate-exported-ports',
    },
  ])('finds $fault', ({ holds, breaks, rule }) => {
    const text = readRepositoryFile('docker-compose.yml');
    expect(text).toContain(holds);
    const folder = mkdtempSync(join(tmpdir(), 'rowbridge-compose-'));
    try {
      const path = join(folder, 'docker-compose.yml');
      writeFileSync(path, text.replaceAll(holds, breaks));
      expect(lint(path)).toContainEqual(expect.stringContaining(`${rule}: `));
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});

describe('the compose files', () => {
  test('hold every engine, every service and the monitoring, which needs a profile', () => {
    expect(services.map(([name]) => name).sort()).toEqual(
      [
        ...ours,
        ...steps,
        'alertmanager',
        'grafana',
        'kafka',
        'kafka-connect',
        'mysql',
        'postgres',
        'prometheus',
        'schema-registry',
      ].sort(),
    );
    expect(services.filter(([, { profiles }]) => profiles !== undefined).map(([name]) => name)).toEqual([
      'prometheus',
      'alertmanager',
      'grafana',
    ]);
  });

  test('pin every image to a version', () => {
    for (const [name, { image }] of services) {
      expect([name, image]).toEqual([name, expect.stringMatching(/^[a-z/-]+:v?\d+\.\d+[\w.-]*$/)]);
    }
  });

  test('start each part when what it needs is healthy or done', () => {
    for (const [name, { depends_on: needs = {} }] of services) {
      for (const [needed, { condition }] of Object.entries(needs)) {
        const { healthcheck, build } = compose.services[needed] ?? {};
        const hasHealth = healthcheck !== undefined || build?.context === 'deploy/docker/connect';
        expect([name, needed, condition]).toEqual([
          name,
          needed,
          steps.includes(needed) ? 'service_completed_successfully' : hasHealth && 'service_healthy',
        ]);
      }
    }
    for (const name of ours) {
      expect(Object.keys(compose.services[name]?.depends_on ?? {})).toEqual(
        expect.arrayContaining([
          'provision',
          'kafka',
          'postgres',
          'mysql',
          'schema-registry',
          'kafka-connect',
        ]),
      );
    }
  });

  test('limit what each part may take, and keep all data in named volumes that are declared', () => {
    for (const [name, { deploy, volumes = [] }] of services) {
      expect([name, deploy?.resources?.limits]).toEqual([
        name,
        { cpus: expect.any(String), memory: expect.any(String) },
      ]);
      for (const volume of volumes) {
        const [source = ''] = volume.split(':');
        const isKnown = source.startsWith('./')
          ? existsSync(join(repositoryRoot, source))
          : source in (compose.volumes ?? {});
        expect([name, source, isKnown]).toEqual([name, source, true]);
      }
    }
  });

  test('publish on the loopback address only', () => {
    for (const [name, { ports = [] }] of [...services, ...Object.entries(override.services)]) {
      for (const port of ports) expect([name, port]).toEqual([name, expect.stringMatching(/^127\.0\.0\.1:/)]);
    }
    expect(Object.keys(override.services).filter((name) => !(name in compose.services))).toEqual([]);
  });

  test('hold no password: each is generated into a volume and read from a file', () => {
    const text = readRepositoryFile('docker-compose.yml') + readRepositoryFile('docker-compose.override.yml');
    const secrets = [...text.matchAll(/(\w*(?:PASSWORD|TOKENS?|SECRET)\w*): (\S+)/g)];
    expect(secrets.length).toBeGreaterThanOrEqual(6);
    for (const [, variable, value] of secrets) {
      expect([variable, value]).toEqual([
        expect.stringMatching(/FILE$/),
        expect.stringMatching(/^\/secrets\//),
      ]);
    }
    const generated = readRepositoryFile('deploy/docker/provision/secrets.mjs');
    for (const [, , path = ''] of secrets) {
      const name = path.replace('/secrets/', '').replace(/^(legacy|revamp)-\w+-/, '');
      expect(generated).toContain(name);
    }
  });

  test('lock our own services down as Kubernetes does', () => {
    for (const name of ours) {
      expect([name, compose.services[name]]).toEqual([
        name,
        expect.objectContaining({ read_only: true, cap_drop: ['ALL'], healthcheck: expect.any(Object) }),
      ]);
    }
  });

  test('set the databases up as capture needs them', () => {
    expect(compose.services['postgres']?.command).toEqual(
      expect.arrayContaining(['-cwal_level=logical', '-ctrack_commit_timestamp=on']),
    );
    expect(compose.services['mysql']?.command).toEqual(
      expect.arrayContaining([
        '--server-id=1',
        '--log-bin=binlog',
        '--binlog-row-image=FULL',
        '--binlog-row-metadata=FULL',
      ]),
    );
  });
});
