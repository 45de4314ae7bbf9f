import {
  directionConfigurationSchema,
  directionEnvironmentNames,
  loadConfiguration,
} from '@rowbridge/config';
import { readRepositoryFile } from './deploy-folder.js';

/** The settings of a section, in order; several of one name are all kept. */
function sectionOf(unit: string, section: string): ReadonlyMap<string, readonly string[]> {
  const body = unit.split(`[${section}]\n`)[1]?.split(/^\[/m)[0] ?? '';
  const settings = new Map<string, string[]>();
  for (const line of body.split('\n').filter((text) => /^[A-Z]/.test(text))) {
    const name = line.slice(0, line.indexOf('='));
    settings.set(name, [...(settings.get(name) ?? []), line.slice(name.length + 1)]);
  }
  return settings;
}

describe('the systemd unit', () => {
  const unit = readRepositoryFile('deploy/systemd/rowbridge@.service');
  const service = sectionOf(unit, 'Service');

  test('does not start again what must be corrected first, and waits between other starts', () => {
    expect(service.get('Restart')).toEqual(['on-failure']);
    expect(service.get('RestartPreventExitStatus')).toEqual(['2']);
    expect(Number(service.get('RestartSec')?.[0])).toBeGreaterThanOrEqual(5);
    expect(sectionOf(unit, 'Unit').get('StartLimitBurst')).toEqual(['10']);
  });

  test('gives the service no privilege, no place to write but its own, and the memory a pod has', () => {
    expect(Object.fromEntries(service)).toMatchObject({
      User: ['rowbridge'],
      NoNewPrivileges: ['yes'],
      CapabilityBoundingSet: [''],
      ProtectSystem: ['strict'],
      ProtectHome: ['yes'],
      PrivateTmp: ['yes'],
      MemoryMax: ['512M'],
    });
  });

  test('collects garbage as early as an image, and as the services that are measured', () => {
    const [measured] =
      /--max-semi-space-size=\d+ --max-old-space-size=\d+/.exec(
        readRepositoryFile('services/launcher/src/system/direction-services.ts'),
      ) ?? [];
    expect(measured).toBeDefined();
    expect(readRepositoryFile('deploy/docker/Dockerfile')).toContain(`NODE_OPTIONS="${measured}"`);
    expect(service.get('Environment')).toContain(`"NODE_OPTIONS=${measured}"`);
  });

  test('leaves a drain the time it needs', () => {
    expect(Number(service.get('TimeoutStopSec')?.[0])).toBeGreaterThan(10);
  });

  test('comes with settings a direction accepts, once their secrets are there', () => {
    const settings = Object.fromEntries(
      readRepositoryFile('deploy/systemd/example.env')
        .split('\n')
        .filter((line) => /^[A-Z]/.test(line))
        .map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
    );
    const { DB_LEGACY_PASSWORD_FILE: legacy, DB_REVAMP_PASSWORD_FILE: revamp, ...open } = settings;
    for (const path of [legacy, revamp]) expect(path).toMatch(/^\/run\/credentials\//);
    const configuration = loadConfiguration({
      schema: directionConfigurationSchema,
      environment: {
        ...open,
        ROWBRIDGE_DIRECTION: 'legacy-to-revamp',
        DB_LEGACY_PASSWORD: 'generated',
        DB_REVAMP_PASSWORD: 'generated',
      },
      environmentNames: directionEnvironmentNames({ source: 'legacy', target: 'revamp' }),
    });
    expect(configuration.http).toEqual({ host: '127.0.0.1', port: 8091 });
  });
});
