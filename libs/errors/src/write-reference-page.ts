import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { errorReferencePage } from './reference-page.js';

const page = join(import.meta.dirname, '../../../docs/reference/error-codes.md');
mkdirSync(dirname(page), { recursive: true });
writeFileSync(page, errorReferencePage());
