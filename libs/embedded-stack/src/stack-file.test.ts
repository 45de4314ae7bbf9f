import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { identifyProcess } from './processes/process-identity.js';
import { readStackFile, removeStackFile, writeStackFile } from './stack-file.js';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'rowbridge-stack-file-'));
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

describe('the stack file', () => {
  test('gives back what a live launcher wrote, for its owner alone to read', () => {
    const path = writeStackFile(
      { folder },
      { system: 'legacy-revamp', kafka: { brokers: ['127.0.0.1:9092'] } },
    );
    expect(path).toBe(join(folder, '.rowbridge', 'stack.json'));
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(readStackFile({ folder })).toMatchObject({
      system: 'legacy-revamp',
      launcher: { processId: process.pid },
    });
  });

  test('is removed by the launcher that wrote it', () => {
    const path = writeStackFile({ folder }, { system: 'legacy-revamp' });
    removeStackFile({ folder });
    expect(existsSync(path)).toBe(false);
  });

  test('of a launcher that no longer runs is cleaned up by the next reader', () => {
    const path = writeStackFile({ folder }, {});
    writeFileSync(
      path,
      JSON.stringify({ launcher: { processId: process.pid, startMark: 'another boot/1' } }),
    );
    expect(readStackFile({ folder })).toBeUndefined();
    expect(existsSync(path)).toBe(false);
  });

  test('of another live launcher stays', () => {
    const path = writeStackFile({ folder }, {});
    const written = readStackFile({ folder })?.['launcher'] as { processId: number; startMark: string };
    const parent = process.ppid;
    writeFileSync(
      path,
      JSON.stringify({ launcher: { ...written, processId: parent, startMark: startMarkOf(parent) } }),
    );
    removeStackFile({ folder });
    expect(existsSync(path)).toBe(true);
  });

  test('that is cut short counts as none and is cleaned up', () => {
    const path = writeStackFile({ folder }, {});
    writeFileSync(path, '{"system"');
    expect(readStackFile({ folder })).toBeUndefined();
    expect(existsSync(path)).toBe(false);
  });
});

function startMarkOf(processId: number): string {
  return identifyProcess(processId)?.startMark ?? 'gone';
}
