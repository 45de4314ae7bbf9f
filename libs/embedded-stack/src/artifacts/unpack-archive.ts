import { createWriteStream } from 'node:fs';
import { chmod, mkdir, readdir, readFile, rm, symlink } from 'node:fs/promises';
import { dirname, join, normalize } from 'node:path';
import { pipeline } from 'node:stream/promises';
import * as tar from 'tar';
import * as yauzl from 'yauzl';
import { StackError } from '../stack-error.js';
import type { ArchiveArtifact } from './catalog.js';

/**
 * Unpacks an archive into an existing empty folder, as its catalog entry describes.
 * @throws StackError exit 3 when any part of it could not be written, as on a full disk
 */
export async function unpackArchive(
  artifact: ArchiveArtifact,
  archive: string,
  folder: string,
): Promise<void> {
  try {
    await unpack(artifact, archive, folder);
  } catch (failure) {
    throw new StackError(
      `${artifact.title} could not be unpacked into ${folder}: ${failure instanceof Error ? failure.message : String(failure)}. ` +
        'Free space there, or name another folder for the cache in ROWBRIDGE_CACHE, and start again.',
      3,
      failure,
    );
  }
}

async function unpack(artifact: ArchiveArtifact, archive: string, folder: string): Promise<void> {
  if (artifact.format === 'zip') await unpackZip(archive, folder, artifact);
  else await unpackTar(archive, folder, artifact.stripPrefix);
  if (artifact.innerArchive !== undefined) {
    const inner = join(folder, artifact.innerArchive);
    await unpackTar(inner, folder, '');
    await rm(inner);
  }
  for (const executables of artifact.executableFolders ?? []) {
    for (const name of await readdir(join(folder, executables)))
      await chmod(join(folder, executables, name), 0o755);
  }
  if (artifact.linksFile !== undefined) await makeLinks(folder, artifact.linksFile);
}

/** Said of an entry that was not written, or not wholly; the reader itself goes on with the next. */
const lossyWarnings = ['TAR_ENTRY_ERROR', 'TAR_ENTRY_INVALID', 'TAR_BAD_ARCHIVE', 'TAR_ABORT'];

async function unpackTar(archive: string, folder: string, stripPrefix: string): Promise<void> {
  const losses: string[] = [];
  const levels = stripPrefix.split('/').filter((part) => part !== '').length;
  await tar.extract({
    file: archive,
    cwd: folder,
    strip: levels,
    preserveOwner: false,
    onwarn: (code, message) => {
      if (lossyWarnings.includes(code)) losses.push(String(message));
    },
    // A link out of the archive points at its builder's machine.
    filter: (path, entry) =>
      path.startsWith(stripPrefix) && !('linkpath' in entry && entry.linkpath?.startsWith('/') === true),
  });
  const [first] = losses;
  if (first !== undefined) throw new Error(`${first} (entries missing or cut short: ${losses.length})`);
}

async function unpackZip(archive: string, folder: string, artifact: ArchiveArtifact): Promise<void> {
  const zip = await new Promise<yauzl.ZipFile>((resolve, reject) => {
    yauzl.open(archive, { lazyEntries: true, autoClose: true }, (failure, opened) =>
      failure === null && opened !== undefined
        ? resolve(opened)
        : reject(failure ?? new Error('not a zip file')),
    );
  });
  await new Promise<void>((resolve, reject) => {
    zip.on('error', reject);
    zip.on('end', resolve);
    zip.on('entry', (entry: yauzl.Entry) => {
      writeEntry(zip, entry, { folder, artifact }).then(() => zip.readEntry(), reject);
    });
    zip.readEntry();
  });
}

interface ZipTarget {
  folder: string;
  artifact: ArchiveArtifact;
}

async function writeEntry(zip: yauzl.ZipFile, entry: yauzl.Entry, target: ZipTarget): Promise<void> {
  const { stripPrefix, innerArchive } = target.artifact;
  if (!entry.fileName.startsWith(stripPrefix) || entry.fileName.endsWith('/')) return;
  const relative = normalize(entry.fileName.slice(stripPrefix.length));
  if (relative.startsWith('..') || (innerArchive !== undefined && relative !== innerArchive)) return;
  const path = join(target.folder, relative);
  await mkdir(dirname(path), { recursive: true });
  const content = await new Promise<NodeJS.ReadableStream>((resolve, reject) => {
    zip.openReadStream(entry, (failure, stream) =>
      failure === null && stream !== undefined ? resolve(stream) : reject(failure ?? new Error('no content')),
    );
  });
  await pipeline(content, createWriteStream(path, { mode: 0o644 }));
}

async function makeLinks(folder: string, linksFile: string): Promise<void> {
  const links = JSON.parse(await readFile(join(folder, linksFile), 'utf8')) as {
    source: string;
    target: string;
  }[];
  for (const link of links) {
    const name = join(folder, link.target);
    await mkdir(dirname(name), { recursive: true });
    await rm(name, { force: true });
    // Both lie in one folder, so the bare file name is a link that survives a move of the whole.
    await symlink(link.source.slice(link.source.lastIndexOf('/') + 1), name);
  }
}
