import { configurationKeys, inputJsonSchema, type ConfigurationKey } from './configuration-keys.js';
import { directionConfigurationSchema, directionEnvironmentNames } from './direction-configuration.js';
import { environmentNamesOf } from './environment-overrides.js';

/** The JSON Schema of a direction's YAML file, for editors; ends with a newline. */
export function directionSchemaFile(): string {
  return `${JSON.stringify({ ...inputJsonSchema(directionConfigurationSchema), title: 'Rowbridge direction' }, null, 2)}\n`;
}

/** The reference page of all keys of a direction as Markdown; ends with a newline. */
export function configurationPage(): string {
  const names = directionEnvironmentNames({ source: '<source>', target: '<target>' });
  const rows = configurationKeys(directionConfigurationSchema).map((key) =>
    row(key, environmentNamesOf(key, names)),
  );
  return [
    '# Configuration of a direction',
    '',
    'Generated from the schema in `libs/config` by `npm run generate`; changes made here are overwritten. Editors read `direction-configuration.schema.json` beside this page.',
    '',
    'One YAML file holds the keys. `${NAME}` and `${NAME:-default}` in a value stand for environment variables, `$${` for a literal `${`. An environment variable of the table below overrides the file; of several the first named holds, an empty one counts as not set. A list is separated by commas. A secret may be given as `NAME_FILE`, the path of a file that holds it. Unknown keys and wrong types are refused at start (exit code 2) with file, line and key.',
    '',
    "`<SOURCE>` and `<TARGET>` are the names of the pair's databases: for legacy-to-revamp `DB_LEGACY_HOST` and `DB_REVAMP_HOST`, and the same two for revamp-to-legacy.",
    '',
    '| key | allowed | default | environment | meaning |',
    '|---|---|---|---|---|',
    ...rows,
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
