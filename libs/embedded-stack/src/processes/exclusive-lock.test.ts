import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { tryLock } from './exclusive-lock.js';
import { identifyProcess, isAlive } from './process-identity.js';

let folder: string;
let path: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'rowbridge-lock-'));
  path = join(folder, 'launcher.lock');
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

describe('a lock', () => {
  test('is held by one and refused to the next, who learns the holder', () => {
    expect(tryLock(path).held).toBe(true);
    const second = tryLock(path);
    expect(second).toMatchObject({ held: false, holder: { processId: process.pid } });
  });

  test('is free again after its release, and leaves no file', () => {
    const first = tryLock(path);
    if (first.held) first.release();
    expect(readdirSync(folder)).toEqual([]);
    expect(tryLock(path).held).toBe(true);
  });

  test('of a process that no longer runs is taken over', () => {
    writeFileSync(
      path,
      JSON.stringify({ processId: 4_194_300, startMark: 'boot/1', since: '2026-01-01T00:00:00Z' }),
    );
    expect(tryLock(path).held).toBe(true);
    expect(readFileSync(path, 'utf8')).toContain(`"processId":${process.pid}`);
    expect(readdirSync(folder)).toEqual(['launcher.lock']);
  });

  test('of an earlier process whose number was given to another one is taken over', () => {
    const stale = { processId: process.pid, startMark: 'another boot/1', since: '2026-01-01T00:00:00Z' };
    writeFileSync(path, JSON.stringify(stale));
    expect(tryLock(path).held).toBe(true);
  });

  test('whose file is cut short is taken over', () => {
    writeFileSync(path, '{"processId":');
    expect(tryLock(path).held).toBe(true);
  });

  test('that passed to another holder is not removed by a late release', () => {
    const first = tryLock(path);
    writeFileSync(path, 'of another process');
    if (first.held) first.release();
    expect(existsSync(path)).toBe(true);
  });
});

describe('a process', () => {
  test('is told apart from an earlier one with its number', () => {
    const own = identifyProcess(process.pid);
    expect(own).toBeDefined();
    expect(own !== undefined && isAlive(own)).toBe(true);
    expect(isAlive({ processId: process.pid, startMark: 'another boot/1' })).toBe(false);
  });

  test('that does not exist has no identity', () => {
    expect(identifyProcess(4_194_300)).toBeUndefined();
  });
});
