import { createLogger } from '@rowbridge/observability';
import { readRepositoryFile, readYaml } from './deploy-folder.js';

interface Pipeline {
  readonly sources: Readonly<Record<string, { readonly extra_namespace_label_selector: string }>>;
  readonly transforms: Readonly<
    Record<string, { readonly inputs: readonly string[]; readonly source: string }>
  >;
  readonly sinks: Readonly<
    Record<
      string,
      {
        readonly inputs: readonly string[];
        readonly labels: Readonly<Record<string, string>>;
        readonly buffer: { readonly when_full: string };
      }
    >
  >;
}

describe('the example of log shipping', () => {
  const { sources, transforms, sinks } = readYaml<Pipeline>('deploy/logs/vector.yaml');

  test('leads from the pods of the namespace to the store, and drops nothing when that is away', () => {
    const known = [...Object.keys(sources), ...Object.keys(transforms)];
    for (const { inputs } of [...Object.values(transforms), ...Object.values(sinks)])
      for (const input of inputs) expect(known).toContain(input);
    expect(Object.values(sources).map((source) => source.extra_namespace_label_selector)).toEqual([
      'kubernetes.io/metadata.name=rowbridge',
    ]);
    expect(readRepositoryFile('deploy/kubernetes/base/namespace.yaml')).toContain('name: rowbridge\n');
    expect(Object.values(sinks).map(({ buffer }) => buffer.when_full)).toEqual(['block']);
  });

  test('labels lines by fields that the services write or the example adds', () => {
    const lines: string[] = [];
    const logger = createLogger({
      name: 'legacy-to-revamp',
      level: 'info',
      destination: { write: (line: string) => void lines.push(line) },
    });
    logger.info({ operation: 'listen' }, 'Listening');
    const written = Object.keys(JSON.parse(lines[0] ?? '{}') as object);
    const added = Object.values(transforms).flatMap(({ source }) =>
      [...source.matchAll(/^\.(\w+) = /gm)].map(([, name]) => name ?? ''),
    );
    const used = Object.values(sinks).flatMap(({ labels }) =>
      Object.values(labels).flatMap((value) => /^\{\{ (\w+) \}\}$/.exec(value)?.[1] ?? []),
    );
    expect(used.length).toBeGreaterThan(0);
    expect(used.filter((name) => !written.includes(name) && !added.includes(name))).toEqual([]);
  });
});
