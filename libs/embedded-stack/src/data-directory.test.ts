import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDataDirectory } from './data-directory.js';
import { markOf } from './database-user.js';

let root: string;
let original: string;
let copy: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'rowbridge-data-directory-'));
  // As root, a folder that others may not enter is replaced by one elsewhere: here both kinds are asked for by name.
  chmodSync(root, 0o755);
  original = join(root, 'original');
  copy = join(root, 'copy');
  mkdirSync(original);
});

afterEach(() => {
  rmSync(root, { recursive: true, force: true });
});

async function open(path: string, fresh = false): Promise<string> {
  const data = await openDataDirectory({ path, fresh, onProgress: () => undefined });
  data.release();
  return data.databaseFolder;
}

/** A row's file as a server would leave it below the folder. */
function writeRows(folder: string): string {
  mkdirSync(join(folder, 'postgres-18'), { recursive: true });
  const rows = join(folder, 'postgres-18', 'rows');
  writeFileSync(rows, 'a row');
  return rows;
}

function writeNote(path: string, ...lines: readonly string[]): void {
  writeFileSync(join(path, 'database-folder'), lines.map((line) => `${line}\n`).join(''));
}

function copyOriginal(): void {
  cpSync(original, copy, { recursive: true });
}

/** A folder for rows as it is named where the servers cannot reach the data directory itself. */
function folderElsewhere(path: string): string {
  return join(root, `rowbridge-data-${markOf(path)}`);
}

describe('a data directory with its rows in it', () => {
  test('finds them again, and after it was moved', async () => {
    expect(await open(original)).toBe(original);
    writeRows(original);
    renameSync(original, copy);
    expect(await open(copy)).toBe(copy);
    expect(existsSync(join(copy, 'postgres-18', 'rows'))).toBe(true);
  });

  test.each([
    ['', () => open(original)],
    [' of an earlier version', () => Promise.resolve(writeNote(original, original))],
  ])('when copied%s and begun anew, leaves the original as it is', async (_version, begin) => {
    await begin();
    const rows = writeRows(original);
    copyOriginal();
    expect(await open(copy)).toBe(copy);
    expect(existsSync(join(copy, 'postgres-18', 'rows'))).toBe(true);
    expect(await open(copy, true)).toBe(copy);
    expect(readdirSync(copy)).not.toContain('postgres-18');
    expect(readFileSync(rows, 'utf8')).toBe('a row');
    expect(await open(original)).toBe(original);
  });

  test('loses everything of earlier runs when begun anew', async () => {
    await open(original);
    writeRows(original);
    writeFileSync(join(original, 'credentials.json'), '{}');
    await open(original, true);
    expect(readdirSync(original).sort()).toEqual(['database-folder', 'logs']);
  });
});

describe('a data directory with its rows elsewhere', () => {
  let elsewhere: string;
  let rows: string;

  beforeEach(() => {
    elsewhere = folderElsewhere(original);
    rows = writeRows(elsewhere);
  });

  test.each([
    ['', () => writeNote(original, elsewhere, original)],
    [', noted by an earlier version', () => writeNote(original, elsewhere)],
  ])('finds and wipes them%s', async (_version, note) => {
    note();
    expect(await open(original)).toBe(elsewhere);
    await open(original, true);
    expect(existsSync(rows)).toBe(false);
  });

  test.each([
    ['', () => writeNote(original, elsewhere, original), () => original],
    [', noted by an earlier version', () => writeNote(original, elsewhere), () => 'another path'],
  ])(
    'refuses to share them with a copy%s, and the copy wipes only its own',
    async (_version, note, owner) => {
      note();
      copyOriginal();
      const attempt = open(copy);
      await expect(attempt).rejects.toMatchObject({ exitCode: 3 });
      await expect(attempt).rejects.toThrow(
        new RegExp(
          `copy is a copy, or was moved.*${elsewhere}, which was chosen for ${owner()}\\. .*--fresh`,
        ),
      );
      expect(await open(copy, true)).toBe(copy);
      expect(existsSync(rows)).toBe(true);
      expect(await open(original)).toBe(elsewhere);
    },
  );

  test('keeps them when it was moved and the note was rewritten as the refusal says', async () => {
    writeNote(original, elsewhere, original);
    renameSync(original, copy);
    await expect(open(copy)).rejects.toThrow(`write two lines into ${join(copy, 'database-folder')}`);
    writeNote(copy, elsewhere, copy);
    expect(await open(copy)).toBe(elsewhere);
  });

  test('finds them by another name of the same directory', async () => {
    writeNote(original, elsewhere, original);
    symlinkSync(original, copy);
    expect(await open(copy)).toBe(elsewhere);
  });
});
