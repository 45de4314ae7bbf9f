import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  configurationPage,
  controlApiConfigurationPage,
  controlApiSchemaFile,
  directionSchemaFile,
} from './reference-pages.js';

const reference = join(import.meta.dirname, '../../../docs/reference');
mkdirSync(reference, { recursive: true });
writeFileSync(join(reference, 'configuration.md'), configurationPage());
writeFileSync(join(reference, 'direction-configuration.schema.json'), directionSchemaFile());

/** The sides of the pair that the repository brings along. */
const sides = ['legacy', 'revamp'];
writeFileSync(join(reference, 'control-api-configuration.md'), controlApiConfigurationPage(sides));
writeFileSync(join(reference, 'control-api-configuration.schema.json'), controlApiSchemaFile(sides));
