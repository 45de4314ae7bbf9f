import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { lastLogMessage } from './last-log-message.js';

describe('what a service last said', () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'rowbridge-log-'));
  });

  afterEach(() => rmSync(folder, { recursive: true }));

  const logged = (...lines: string[]): string => {
    const path = join(folder, 'service.log');
    writeFileSync(path, `${lines.join('\n')}\n`);
    return lastLogMessage(path);
  };

  test('is its last error, even when calmer lines follow', () => {
    expect(
      logged(
        JSON.stringify({ level: 'error', msg: 'wrong password' }),
        JSON.stringify({ level: 'info', msg: 'draining' }),
      ),
    ).toBe('wrong password');
  });

  test('is the error of an uncaught exception rather than the end of its trace', () => {
    expect(logged('SyntaxError: no such export', '    at somewhere', '', 'Node.js v20.19.0')).toBe(
      'SyntaxError: no such export',
    );
  });

  test('is its last line when it told of no error', () => {
    expect(logged(JSON.stringify({ level: 'info', msg: 'listening' }))).toBe('listening');
  });

  test('is nothing where there is no log', () => {
    expect(lastLogMessage(join(folder, 'none.log'))).toBe('');
  });
});
