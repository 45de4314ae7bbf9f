import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { errorTable } from './error-table.js';
import { errorReferencePage } from './reference-page.js';

describe('the reference page of error codes', () => {
  test('is the one the table generates: after a change of the table, run npm run generate', () => {
    const page = readFileSync(join(import.meta.dirname, '../../../docs/reference/error-codes.md'), 'utf8');
    expect(page).toBe(errorReferencePage());
  });

  test('lists every code once', () => {
    const page = errorReferencePage();
    for (const code of Object.keys(errorTable)) expect(page.split(`| \`${code}\` |`)).toHaveLength(2);
  });
});
