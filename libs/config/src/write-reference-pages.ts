import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { configurationPage, directionSchemaFile } from './reference-pages.js';

const reference = join(import.meta.dirname, '../../../docs/reference');
mkdirSync(reference, { recursive: true });
writeFileSync(join(reference, 'configuration.md'), configurationPage());
writeFileSync(join(reference, 'direction-configuration.schema.json'), directionSchemaFile());
