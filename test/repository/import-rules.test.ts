import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const repositoryRoot = join(import.meta.dirname, '../..');

interface Finding {
  readonly ruleId: string | null;
  readonly message: string;
}

interface Probe {
  readonly title: string;
  readonly filePath: string;
  readonly text: string;
  /** The rule that must report the text; `null` when the text must pass. */
  readonly reportedBy: string | null;
}

const importRule = 'boundaries/dependencies';

const probes: readonly Probe[] = [
  {
    title: 'refuses a writer imported by the pipeline',
    filePath: 'libs/pipeline/src/probe.ts',
    text: "import { writer } from '@rowbridge/writer-postgres';\nexport const used = writer;\n",
    reportedBy: importRule,
  },
  {
    title: 'refuses the Kafka library imported by a writer, for its types as well',
    filePath: 'libs/writer-mysql/src/probe.ts',
    text: "import type { Consumer } from '@rowbridge/kafka';\nexport type Used = Consumer;\n",
    reportedBy: importRule,
  },
  {
    title: 'refuses a dynamic import that goes the wrong way',
    filePath: 'libs/mapping/src/probe.ts',
    text: "export const used = (): Promise<unknown> => import('@rowbridge/direction-host');\n",
    reportedBy: importRule,
  },
  {
    title: 'refuses kafkajs outside libs/kafka',
    filePath: 'libs/direction-host/src/probe.ts',
    text: "import { Kafka } from 'kafkajs';\nexport const used = Kafka;\n",
    reportedBy: importRule,
  },
  {
    title: 'refuses the schema registry client outside libs/kafka',
    filePath: 'libs/change-event/src/probe.ts',
    text: "import { SchemaRegistry } from '@kafkajs/confluent-schema-registry';\nexport const used = SchemaRegistry;\n",
    reportedBy: importRule,
  },
  {
    title: 'refuses a database driver in the direction host',
    filePath: 'libs/direction-host/src/probe.ts',
    text: "import { createPool } from 'mysql2/promise';\nexport const used = createPool;\n",
    reportedBy: importRule,
  },
  {
    title: 'refuses a path into the sources of another package',
    filePath: 'libs/pipeline/src/probe.ts',
    text: "import { errorTable } from '../../errors/src/error-table.js';\nexport const used = errorTable;\n",
    reportedBy: 'no-restricted-imports',
  },
  {
    title: 'refuses a package whose place in the direction of imports is not declared',
    filePath: 'libs/unheard-of/src/probe.ts',
    text: 'export const used = 1;\n',
    reportedBy: 'boundaries/no-unknown-files',
  },
  {
    title: 'refuses a test imported by what it tests',
    filePath: 'libs/errors/src/probe.ts',
    text: "import './error-table.test.js';\n",
    reportedBy: importRule,
  },
  {
    title: 'refuses a re-export outside the package entry',
    filePath: 'libs/pipeline/src/probe.ts',
    text: "export { other } from './other.js';\n",
    reportedBy: 'no-restricted-syntax',
  },
  {
    title: 'refuses a single letter as the name of a type parameter',
    filePath: 'libs/pipeline/src/probe.ts',
    text: 'export interface Box<T> {\n  readonly content: T;\n}\n',
    reportedBy: 'no-restricted-syntax',
  },
  {
    title: 'refuses a single letter as the name of a parameter',
    filePath: 'libs/pipeline/src/probe.ts',
    text: 'export const used = (x: number): number => x + 1;\n',
    reportedBy: 'id-length',
  },
  {
    title: 'lets the pipeline import the error codes',
    filePath: 'libs/pipeline/src/probe.ts',
    text: "import { errorTable } from '@rowbridge/errors';\nexport const used = errorTable;\n",
    reportedBy: null,
  },
  {
    title: 'lets a new direction import its host without a change of the rules',
    filePath: 'services/somewhere-to-elsewhere/src/probe.ts',
    text: "import { host } from '@rowbridge/direction-host';\nexport const used = host;\n",
    reportedBy: null,
  },
  {
    title: 'lets a test with an engine use a database driver',
    filePath: 'libs/direction-host/src/probe.it.test.ts',
    text: "import { createPool } from 'mysql2/promise';\nexport const used = createPool;\n",
    reportedBy: null,
  },
  {
    title: 'lets a writer import its own driver',
    filePath: 'libs/writer-mysql/src/probe.ts',
    text: "import { createPool } from 'mysql2/promise';\nexport const used = createPool;\n",
    reportedBy: null,
  },
];

describe('the linter holds the direction of imports and the naming of things', () => {
  let findings: Finding[][];

  beforeAll(() => {
    const probe = spawnSync(process.execPath, [join(import.meta.dirname, 'lint-probe.mjs')], {
      cwd: repositoryRoot,
      input: JSON.stringify(probes.map(({ filePath, text }) => ({ filePath, text }))),
      encoding: 'utf8',
    });
    if (probe.status !== 0) throw new Error(probe.stderr);
    findings = JSON.parse(probe.stdout) as Finding[][];
  }, 60_000);

  test.each(probes.map((probe, position) => ({ ...probe, position })))(
    '$title',
    ({ position, reportedBy }) => {
      const rules = findings[position]?.map((finding) => finding.ruleId);
      expect(rules).toEqual(reportedBy === null ? [] : [reportedBy]);
    },
  );
});

describe('the dependencies of each package', () => {
  test('go the way the import rules allow', () => {
    const listing = spawnSync(
      process.execPath,
      [join(import.meta.dirname, 'list-forbidden-dependencies.mjs')],
      {
        cwd: repositoryRoot,
        encoding: 'utf8',
      },
    );
    expect({ status: listing.status, forbidden: listing.stdout }).toEqual({ status: 0, forbidden: '' });
  });

  test('of the workspace itself are pinned to exact versions', () => {
    const manifest = JSON.parse(readFileSync(join(repositoryRoot, 'package.json'), 'utf8')) as {
      devDependencies: Record<string, string>;
    };
    const loose = Object.entries(manifest.devDependencies).filter(
      ([, version]) => !/^\d+\.\d+\.\d+$/.test(version),
    );
    expect(loose).toEqual([]);
  });
});
