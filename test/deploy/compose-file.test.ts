import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { debianPackageUnavailableBecause, fetchDebianPackage } from '@rowbridge/embedded-stack';
import { readRepositoryFile, readYaml, repositoryRoot } from './deploy-folder.js';
import { describeUnless } from './skip-where-missing.js';

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

const schemaPackage = 'docker-compose';
const schemaPath = 'usr/lib/python3/dist-packages/compose/config/compose_spec.json';

describeUnless(debianPackageUnavailableBecause(schemaPackage), 'the syntax of the compose files', () => {
  test('is that of the Compose specification', async () => {
    const folder = await fetchDebianPackage(schemaPackage);
    const schema = readFileSync(join(folder, schemaPath), 'utf8');
    // Older spellings of what a schema is called; nothing refers to them.
    const definitions = JSON.parse(schema, (key, value: unknown) =>
      ['id', '$schema'].includes(key) && typeof value === 'string' ? undefined : value,
    ) as object;
    const validate = new Ajv({ strict: false, validateFormats: false, logger: false }).compile(definitions);
    for (const { name: _name, ...file } of [
      compose as ComposeFile & { name?: string },
      override as ComposeFile & { name?: string },
    ]) {
      validate(file);
      expect(validate.errors ?? []).toEqual([]);
    }
    expect(validate({ services: { kafka: { imagine: 'kafka' } } })).toBe(false);
  }, 120_000);
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
