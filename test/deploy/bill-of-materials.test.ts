import { spawnSync } from 'node:child_process';
import { repositoryRoot } from './deploy-folder.js';

interface BillOfMaterials {
  readonly bomFormat: string;
  readonly components: readonly { readonly name: string; readonly version: string; readonly purl?: string }[];
}

function writeFor(service: string): { status: number | null; stdout: string; stderr: string } {
  return spawnSync(process.execPath, ['deploy/docker/write-sbom.mjs', service], {
    cwd: repositoryRoot,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
}

test.each([
  { service: 'legacy-to-revamp', needed: 'writer-mysql', ofAnother: 'helmet' },
  { service: 'revamp-to-legacy', needed: 'kafkajs', ofAnother: 'croner' },
  { service: 'control-api', needed: 'helmet', ofAnother: 'writer-mysql' },
])(
  'the bill of materials of $service has what its image runs on and nothing of others',
  ({ service, needed, ofAnother }) => {
    const { status, stdout } = writeFor(service);
    expect(status).toBe(0);
    const { bomFormat, components } = JSON.parse(stdout) as BillOfMaterials;
    expect(bomFormat).toBe('CycloneDX');
    const names = components.map(({ name }) => name);
    expect(names).toContain(needed);
    for (const unneeded of [ofAnother, 'jest', 'typescript', 'dclint']) expect(names).not.toContain(unneeded);
    for (const { name, version } of components)
      expect([name, version]).toEqual([name, expect.stringMatching(/^\d/)]);
  },
);

test('a service there is none of has no bill of materials, and the program ends with 2', () => {
  expect(writeFor('legacy-to-moon')).toMatchObject({
    status: 2,
    stdout: '',
    stderr: 'There is no service "legacy-to-moon".\n',
  });
});
