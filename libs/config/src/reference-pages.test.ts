import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { configurationKeys } from './configuration-keys.js';
import { directionConfigurationSchema } from './direction-configuration.js';
import { controlApiConfigurationSchema } from './control-api-configuration.js';
import {
  configurationPage,
  controlApiConfigurationPage,
  controlApiSchemaFile,
  directionSchemaFile,
} from './reference-pages.js';

const reference = (name: string): string =>
  readFileSync(join(import.meta.dirname, '../../../docs/reference', name), 'utf8');

const sides = ['legacy', 'revamp'];

describe('the reference of the configuration', () => {
  test('is the page the schema generates: after a change of the schema, run npm run generate', () => {
    expect(reference('configuration.md')).toBe(configurationPage());
  });

  test('has the JSON Schema the schema generates: after a change, run npm run generate', () => {
    expect(reference('direction-configuration.schema.json')).toBe(directionSchemaFile());
  });

  test('has the page and the JSON Schema of the control API: after a change, run npm run generate', () => {
    expect(reference('control-api-configuration.md')).toBe(controlApiConfigurationPage(sides));
    expect(reference('control-api-configuration.schema.json')).toBe(controlApiSchemaFile(sides));
  });

  test('says of every key what it means, and names the unit of every duration', () => {
    const keys = [directionConfigurationSchema, controlApiConfigurationSchema(sides)].flatMap((schema) =>
      configurationKeys(schema),
    );
    for (const { path, description } of keys) {
      expect({ path, description }).toEqual({
        path,
        description: expect.stringMatching(/^[A-Z].*\.$/) as string,
      });
      expect(path.at(-1)).not.toMatch(/(?:Timeout|Delay|Interval|Lifetime|After)$/);
    }
  });
});
