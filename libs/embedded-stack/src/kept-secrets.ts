import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { StackError } from './stack-error.js';

export interface KeptSecrets<Content> {
  /** The folder of the data directory. */
  readonly dataDirectory: string;
  /** Of the file in it. */
  readonly name: string;
  /** Makes the content at the first call. */
  readonly generate: () => Content;
}

/**
 * Reads generated secrets from a file (mode 0600) of a data directory that this process holds; generates and writes them
 * at the first call. The file appears whole or not at all: the databases know the passwords in it from then on.
 * @throws StackError exit 3 that names the file when it cannot be understood; its content is never shown
 */
export function keptSecrets<Content>({ dataDirectory, name, generate }: KeptSecrets<Content>): Content {
  const path = join(dataDirectory, name);
  const kept = readKept<Content>(path);
  if (kept !== undefined) return kept;
  const content = generate();
  const draft = `${path}.partial`;
  writeFileSync(draft, `${JSON.stringify(content, null, 2)}\n`, { mode: 0o600, flush: true });
  renameSync(draft, path);
  return content;
}

function readKept<Content>(path: string): Content | undefined {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (failure) {
    if ((failure as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw failure;
  }
  try {
    return JSON.parse(text) as Content;
  } catch {
    throw new StackError(
      `${path} is ${text.trim() === '' ? 'empty' : 'damaged'}: it holds the passwords generated for the databases beside it. ` +
        'Bring it back from a copy, or begin anew with --fresh (npm start -- --fresh), which wipes the databases too.',
    );
  }
}
