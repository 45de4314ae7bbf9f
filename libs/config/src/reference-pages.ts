import type * as zod from 'zod';
import { configurationKeys, inputJsonSchema, type ConfigurationKey } from './configuration-keys.js';
import { controlApiConfigurationSchema, controlApiEnvironmentNames } from './control-api-configuration.js';
import { directionConfigurationSchema, directionEnvironmentNames } from './direction-configuration.js';
import { environmentNamesOf, type EnvironmentNames } from './environment-overrides.js';

/** The JSON Schema of a direction's YAML file, for editors; ends with a newline. */
export function directionSchemaFile(): string {
  return schemaFile(directionConfigurationSchema, 'Rowbridge direction');
}

/** The JSON Schema of the control API's YAML file for the pair of these sides; ends with a newline. */
export function controlApiSchemaFile(sides: readonly string[]): string {
  return schemaFile(controlApiConfigurationSchema(sides), 'Rowbridge control API');
}

function schemaFile(schema: zod.ZodType, title: string): string {
  return `${JSON.stringify({ ...inputJsonSchema(schema), title }, null, 2)}\n`;
}

const formOfFile =
  'One YAML file holds the keys. `${NAME}` and `${NAME:-default}` in a value stand for environment variables, `$${` for a literal `${`. An environment variable of the table below overrides the file; of several the first named holds, an empty one counts as not set. A list is separated by commas. A secret may be given as `NAME_FILE`, the path of a file that holds it. Unknown keys and wrong types are refused at start (exit code 2) with file, line and key.';

/** The reference page of all keys of a direction as Markdown; ends with a newline. */
export function configurationPage(): string {
  return page({
    title: 'Configuration of a direction',
    schemaFile: 'direction-configuration.schema.json',
    schema: directionConfigurationSchema,
    names: directionEnvironmentNames({ source: '<source>', target: '<target>' }),
    notes: [
      "`<SOURCE>` and `<TARGET>` are the names of the pair's databases: for legacy-to-revamp `DB_LEGACY_HOST` and `DB_REVAMP_HOST`, and the same two for revamp-to-legacy.",
    ],
  });
}

/** The reference page of all keys of the control API as Markdown; ends with a newline. */
export function controlApiConfigurationPage(sides: readonly string[]): string {
  return page({
    title: 'Configuration of the control API',
    schemaFile: 'control-api-configuration.schema.json',
    schema: controlApiConfigurationSchema(sides),
    names: controlApiEnvironmentNames(sides),
    notes: [
      `The databases are those of the pair, here ${sides.join(' and ')}; their variables are the directions' own.`,
      'Tokens: for instance `console read,operate 0c7d…` and, on a line of its own, `grafana read sha256:9f86…`. In place of a token its SHA-256 may stand (`printf %s "$TOKEN" | sha256sum`), so that the file holds nothing one could log in with.',
    ],
  });
}

interface PageParts {
  readonly title: string;
  readonly schemaFile: string;
  readonly schema: zod.ZodType;
  readonly names: EnvironmentNames;
  readonly notes: readonly string[];
}

function page({ title, schemaFile: editorFile, schema, names, notes }: PageParts): string {
  return [
    `# ${title}`,
    '',
    `Generated from the schema in \`libs/config\` by \`npm run generate\`; changes made here are overwritten. Editors read \`${editorFile}\` beside this page.`,
    '',
    formOfFile,
    '',
    ...notes.flatMap((note) => [note, '']),
    '| key | allowed | default | environment | meaning |',
    '|---|---|---|---|---|',
    ...configurationKeys(schema).map((key) => row(key, environmentNamesOf(key, names))),
    '',
  ].join('\n');
}

function row(key: ConfigurationKey, names: readonly string[]): string {
  const optional = key.required ? '(required)' : '(none)';
  const cells = [
    `\`${key.path.join('.')}\``,
    key.secret ? `${key.allowed}; secret` : key.allowed,
    key.default === undefined ? optional : `\`${JSON.stringify(key.default)}\``,
    names.map((name) => `\`${name}\``).join('<br>'),
    key.description,
  ];
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
}
