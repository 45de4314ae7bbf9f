import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { keptSecrets } from './kept-secrets.js';

describe('generated secrets', () => {
  let dataDirectory: string;

  beforeEach(() => {
    dataDirectory = mkdtempSync(join(tmpdir(), 'rowbridge-kept-secrets-'));
  });

  afterEach(() => {
    rmSync(dataDirectory, { recursive: true, force: true });
  });

  function read(password: string): { password: string } {
    return keptSecrets({ dataDirectory, name: 'accounts.json', generate: () => ({ password }) });
  }

  test('are kept from the first call on, for their owner alone', () => {
    expect(read('first')).toEqual({ password: 'first' });
    expect(read('second')).toEqual({ password: 'first' });
    expect(statSync(join(dataDirectory, 'accounts.json')).mode & 0o777).toBe(0o600);
    expect(readdirSync(dataDirectory)).toEqual(['accounts.json']);
  });

  test('are written beside their place and moved there, so that what an interruption left is never taken for them', () => {
    const draft = join(dataDirectory, 'accounts.json.partial');
    writeFileSync(draft, '{"passw');
    const draftFile = statSync(draft).ino;
    expect(read('first')).toEqual({ password: 'first' });
    expect(statSync(join(dataDirectory, 'accounts.json')).ino).toBe(draftFile);
  });

  test.each([
    ['empty', ''],
    ['damaged', '{"password":"sesame'],
  ])('in a file that is %s are refused by its name and what to do, without showing it', (state, text) => {
    writeFileSync(join(dataDirectory, 'accounts.json'), text);
    let failure: unknown;
    try {
      read('other');
    } catch (thrown) {
      failure = thrown;
    }
    expect(failure).toMatchObject({ name: 'StackError', exitCode: 3 });
    expect(String(failure)).toContain(`${join(dataDirectory, 'accounts.json')} is ${state}`);
    expect(String(failure)).toContain('--fresh');
    expect(String(failure)).not.toContain('sesame');
    expect(readFileSync(join(dataDirectory, 'accounts.json'), 'utf8')).toBe(text);
  });
});
