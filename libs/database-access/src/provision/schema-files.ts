import { readFile, readdir } from 'node:fs/promises';

const schemasFolder = new URL('../../../../schemas/', import.meta.url);

export interface SchemaFile {
  readonly name: string;
  readonly sql: string;
}

/**
 * The SQL files of a folder under `schemas/`, in the order of their numbers. Each may be run again at any time.
 * @throws Error when the folder holds none
 */
export async function readSchemaFiles(folder: string): Promise<readonly SchemaFile[]> {
  const directory = new URL(`${folder}/`, schemasFolder);
  const names = (await readdir(directory)).filter((name) => name.endsWith('.sql')).sort();
  if (names.length === 0) throw new Error(`schemas/${folder} holds no SQL file`);
  return Promise.all(
    names.map(async (name) => ({ name, sql: await readFile(new URL(name, directory), 'utf8') })),
  );
}
