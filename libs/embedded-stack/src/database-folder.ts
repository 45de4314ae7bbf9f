import { readFileSync, readdirSync, realpathSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { markOf, markOfStandIn, reachableFolder } from './database-user.js';
import { StackError } from './stack-error.js';

const noteName = 'database-folder';
const inPlace = '.';

/** Where a note says the rows are. */
interface NotedFolder {
  folder: string;
  /** False when another data directory's rows are there. */
  isOwn: boolean;
  /** The data directory it was chosen for, where the note tells. */
  chosenFor: string | undefined;
}

/**
 * The folder below which the database servers keep the rows of a data directory. It is chosen once and written down
 * there: rows must be found again whatever happens to permissions.
 * @throws StackError exit 3 when the rows lie elsewhere and are another data directory's, as in a copy of that one
 */
export function chooseDatabaseFolder(path: string): string {
  const noted = readNote(path);
  if (noted === undefined) return choose(path);
  if (noted.isOwn) return noted.folder;
  throw new StackError(
    `${path} is a copy, or was moved: its rows are not in it but in ${noted.folder}, which was chosen for ` +
      `${noted.chosenFor ?? 'another path'}. Use it from there, or begin anew here with --fresh (that folder is left alone); ` +
      `if it was moved for good, write two lines into ${join(path, noteName)}: ${noted.folder} and ${path}.`,
  );
}

/**
 * Empties a data directory and its rows elsewhere, if those are its own, and chooses the folder for rows anew.
 * @param keptFiles names in the data directory that stay
 */
export function emptyDatabaseFolder(path: string, keptFiles: readonly string[]): string {
  const noted = readNote(path);
  if (noted?.isOwn === true && noted.folder !== path) removeFolder(noted.folder);
  for (const name of readdirSync(path)) if (!keptFiles.includes(name)) removeFolder(join(path, name));
  const folder = choose(path);
  if (folder !== path) removeFolder(folder);
  return folder;
}

function choose(path: string): string {
  const folder = reachableFolder(path, 'data');
  writeFileSync(join(path, noteName), folder === path ? `${inPlace}\n` : `${folder}\n${path}\n`);
  return folder;
}

/**
 * Reads the note: `.`, or a folder elsewhere and on a second line the data directory it was chosen for. Of one line with
 * a path, as earlier versions wrote it, the name tells: it is either a folder elsewhere, marked with the directory it
 * was chosen for, or that directory itself.
 */
function readNote(path: string): NotedFolder | undefined {
  const [folder, chosenFor] = readLines(join(path, noteName));
  if (folder === undefined) return undefined;
  if (folder === inPlace || folder === path) return { folder: path, isOwn: true, chosenFor: path };
  if (chosenFor !== undefined) return { folder, isOwn: isSameFolder(chosenFor, path), chosenFor };
  const mark = markOfStandIn(folder);
  if (mark === undefined) return { folder: path, isOwn: true, chosenFor: path };
  return { folder, isOwn: [path, realpathSync(path)].map(markOf).includes(mark), chosenFor };
}

function readLines(file: string): readonly string[] {
  try {
    return readFileSync(file, 'utf8')
      .split('\n')
      .filter((line) => line !== '');
  } catch (failure) {
    if ((failure as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw failure;
  }
}

/** Also true for two names of one folder. */
function isSameFolder(one: string, other: string): boolean {
  if (resolve(one) === other) return true;
  const [first, second] = [one, other].map((folder) => statSync(folder, { throwIfNoEntry: false }));
  return first !== undefined && first.dev === second?.dev && first.ino === second.ino;
}

function removeFolder(folder: string): void {
  rmSync(folder, { recursive: true, force: true });
}
