import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findApi } from './find-api.js';

let folder: string;
const running = { url: 'http://127.0.0.1:8099', token: 'token-of-the-stack' };

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'rowbridge-find-'));
  mkdirSync(join(folder, '.rowbridge'));
  mkdirSync(join(folder, 'below', 'further'), { recursive: true });
  writeFileSync(join(folder, '.rowbridge', 'stack.json'), JSON.stringify({ controlApi: running }));
});

afterEach(() => rmSync(folder, { recursive: true }));

const find = (options: Partial<Parameters<typeof findApi>[0]>): ReturnType<typeof findApi> =>
  findApi({ environment: {}, workingDirectory: folder, ...options });

describe('findApi', () => {
  test('finds the running stack from a folder below it', () => {
    expect(find({ workingDirectory: join(folder, 'below', 'further') })).toEqual(running);
  });

  test('an option outweighs the environment, and the environment the running stack', () => {
    const environment = { ROWBRIDGE_API_URL: 'https://environment.test/', ROWBRIDGE_API_TOKEN: 'theirs' };
    expect(find({ environment })).toEqual({ url: 'https://environment.test', token: 'theirs' });
    expect(find({ environment, apiUrl: 'https://option.test' }).url).toBe('https://option.test');
  });

  test('does not send the token of the running stack to another address', () => {
    expect(find({ apiUrl: 'https://elsewhere.test' })).toEqual({
      url: 'https://elsewhere.test',
      token: null,
    });
  });

  test('reads a token from a file, without the end of its line', () => {
    const tokenFile = join(folder, 'token');
    writeFileSync(tokenFile, 'from-a-file\n');
    expect(find({ tokenFile, environment: { ROWBRIDGE_API_TOKEN: 'other' } }).token).toBe('from-a-file');
  });
});
