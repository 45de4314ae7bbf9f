import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, parseAllDocuments } from 'yaml';

export const repositoryRoot = join(import.meta.dirname, '../..');

export const deployFolder = join(repositoryRoot, 'deploy');

/** The text of a file, by its path below the repository. */
export function readRepositoryFile(path: string): string {
  return readFileSync(join(repositoryRoot, path), 'utf8');
}

/** The one document of a YAML file, by its path below the repository. */
export function readYaml<Content>(path: string): Content {
  return parse(readRepositoryFile(path), { merge: true }) as Content;
}

/** Every document of a text that is no empty one. */
export function readYamlDocuments<Content>(text: string): readonly Content[] {
  return parseAllDocuments(text).flatMap((document) => {
    if (document.errors.length > 0) throw document.errors[0];
    const content = document.toJS() as Content | null;
    return content === null ? [] : [content];
  });
}

export interface CommandEnd {
  readonly status: number | null;
  /** Standard output, then standard error. */
  readonly output: string;
}

/** Runs a program to its end. */
export function runCommand(program: string, programArguments: readonly string[]): CommandEnd {
  const { status, stdout, stderr, error } = spawnSync(program, programArguments, {
    encoding: 'utf8',
    cwd: repositoryRoot,
    maxBuffer: 64 * 1024 * 1024,
  });
  return { status, output: `${stdout ?? ''}${stderr ?? ''}${error?.message ?? ''}` };
}
