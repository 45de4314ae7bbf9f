import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { PinnedFile } from './catalog.js';

/** @returns why the file is not the pinned one, or undefined when it is */
export async function findDamage(path: string, pinned: PinnedFile): Promise<string | undefined> {
  const size = await lstat(path).then(
    (found) => found.size,
    () => undefined,
  );
  if (size === undefined) return 'missing';
  if (size !== pinned.bytes) return `${size} bytes instead of ${pinned.bytes}`;
  const hash = createHash('sha256');
  await pipeline(createReadStream(path, { highWaterMark: 1 << 20 }), hash);
  const found = hash.digest('hex');
  return found === pinned.sha256
    ? undefined
    : `checksum ${found.slice(0, 12)}… instead of ${pinned.sha256.slice(0, 12)}…`;
}

/** @returns the first file of a folder that is not as pinned, with the reason; undefined when all are */
export async function findDamageInFolder(
  folder: string,
  pinned: Readonly<Record<string, PinnedFile>>,
): Promise<string | undefined> {
  const findings = await Promise.all(
    Object.entries(pinned).map(async ([name, file]) => {
      const damage = await findDamage(join(folder, name), file);
      return damage === undefined ? undefined : `${name}: ${damage}`;
    }),
  );
  return findings.find((finding) => finding !== undefined);
}

/**
 * A mark of everything below a folder: names, sizes and times of change. It tells at each start, without reading
 * hundreds of megabytes, whether something was lost, cut short or written to since it was unpacked.
 */
export async function folderMark(folder: string): Promise<string> {
  const hash = createHash('sha256');
  const entries = await readdir(folder, { withFileTypes: true, recursive: true });
  const paths = entries
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name));
  const lines = await Promise.all(
    paths.map(async (path) => {
      const found = await lstat(path);
      return `${path.slice(folder.length)} ${found.size} ${found.mtimeMs}`;
    }),
  );
  for (const line of lines.sort()) hash.update(`${line}\n`);
  return hash.digest('hex');
}
