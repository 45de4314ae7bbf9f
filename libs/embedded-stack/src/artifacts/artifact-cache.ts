import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createOpenFolder } from '../database-user.js';
import { poll } from '../processes/poll.js';
import { tryLock } from '../processes/exclusive-lock.js';
import type { Environment } from '../prerequisites.js';
import type { ProgressListener } from '../progress.js';
import { StackError } from '../stack-error.js';
import { artifacts, type ArchiveArtifact, type Artifact, type ArtifactName } from './catalog.js';
import { addConverterServices } from './converter-services.js';
import { fetchArtifact } from './fetch-artifact.js';
import { unpackArchive } from './unpack-archive.js';
import { findDamage, findDamageInFolder, folderMark } from './verify-files.js';

export interface ArtifactCacheOptions {
  /** See `cacheDirectory`. */
  directory: string;
  environment: Environment;
  /** For the JVM of Maven; undefined lets Maven find its own. */
  javaHome: string | undefined;
  onProgress: ProgressListener;
  abortSignal?: AbortSignal | undefined;
  /** How an artifact is fetched; tests put in their own. */
  fetch?: typeof fetchArtifact;
  /** What can be fetched; tests put in their own. */
  catalog?: Readonly<Record<ArtifactName, Artifact>>;
}

/** Raised when the way an artifact is unpacked changes, so that older caches are not used. */
const layoutVersion = 1;
const fetchAttempts = 2;
const lockWaitMs = 30 * 60_000;

/**
 * Fetched engines, each in a folder that appears complete or not at all. What is there is checked at each use; what
 * is damaged is said, thrown away and fetched again. Processes that want the same artifact wait for one another.
 */
export class ArtifactCache {
  private readonly lanes = new Map<string, Promise<unknown>>();
  private readonly wanted = new Map<ArtifactName, Promise<string>>();

  constructor(private readonly options: ArtifactCacheOptions) {
    createOpenFolder(join(options.directory, 'artifacts'));
  }

  /** @returns the folder with the artifact's content; for a closure the folder that holds the folder of jars */
  ensure(name: ArtifactName): Promise<string> {
    const known = this.wanted.get(name) ?? this.checkOrFetch(name);
    this.wanted.set(name, known);
    return known;
  }

  private async checkOrFetch(name: ArtifactName): Promise<string> {
    const artifact = (this.options.catalog ?? artifacts)[name];
    const folder = this.folderOf(artifact);
    const content = join(folder, 'content');
    if ((await this.findFault(artifact, folder)) === undefined) return content;
    const release = await this.lock(name, artifact.title);
    try {
      const fault = await this.findFault(artifact, folder);
      if (fault === undefined) return content;
      if (fault !== 'absent') {
        this.note(artifact, `damaged in the cache (${fault}): fetching it again`);
        await rm(folder, { recursive: true, force: true });
      }
      const startedAt = performance.now();
      await this.fetchAndInstall(artifact, folder);
      this.options.onProgress({
        item: artifact.title,
        phase: 'ready',
        detail: 'fetched and verified',
        seconds: (performance.now() - startedAt) / 1000,
      });
      return content;
    } finally {
      release();
    }
  }

  private folderOf(artifact: Artifact): string {
    const mark = createHash('sha256')
      .update(JSON.stringify([layoutVersion, artifact.coordinates, artifact.pinned]))
      .digest('hex')
      .slice(0, 12);
    return join(this.options.directory, 'artifacts', `${artifact.name}-${mark}`);
  }

  /** `absent`, what is wrong with it, or undefined when it is as it was unpacked. */
  private async findFault(artifact: Artifact, folder: string): Promise<string | undefined> {
    const recorded = await readFile(join(folder, 'mark'), 'utf8').catch(() => undefined);
    if (recorded === undefined) return 'absent';
    const content = join(folder, 'content');
    if (artifact.kind === 'closure') return findDamageInFolder(join(content, artifact.name), artifact.pinned);
    return (await folderMark(content)) === recorded ? undefined : 'files changed since they were unpacked';
  }

  private async fetchAndInstall(artifact: Artifact, folder: string): Promise<void> {
    const lane =
      artifact.kind === 'closure' ? 'maven-closures' : artifact.source === 'npm' ? 'npm' : 'maven-archives';
    await this.inLane(lane, async () => {
      const partial = `${folder}.partial`;
      await rm(partial, { recursive: true, force: true });
      const content = join(partial, 'content');
      createOpenFolder(content);
      const fetched = await this.fetchVerified(artifact, lane);
      this.options.onProgress({ item: artifact.title, phase: 'unpacking' });
      if (artifact.kind === 'closure') {
        await rename(fetched, join(content, artifact.name));
        if (artifact.name === 'avro-converter') await addConverterServices(join(content, artifact.name));
      } else {
        await unpackArchive(artifact, fetched, content);
      }
      await writeFile(join(partial, 'mark'), await folderMark(content));
      await rename(partial, folder);
      await rm(this.workFolder(artifact), { recursive: true, force: true });
    });
  }

  /** @returns the path of a download that is exactly what is pinned */
  private async fetchVerified(artifact: Artifact, lane: string): Promise<string> {
    const totalBytes = pinnedBytes(artifact);
    const mavenRepository = join(this.options.directory, 'downloads', lane);
    await mkdir(mavenRepository, { recursive: true });
    for (let attempt = 1; ; attempt += 1) {
      const report = (doneBytes: number): void =>
        this.options.onProgress({
          item: artifact.title,
          phase: 'fetching',
          doneBytes: Math.min(doneBytes, totalBytes),
          totalBytes,
        });
      report(0);
      const fetched = await (this.options.fetch ?? fetchArtifact)(artifact, {
        workFolder: this.workFolder(artifact),
        mavenRepository,
        environment: this.options.environment,
        javaHome: this.options.javaHome,
        abortSignal: this.options.abortSignal,
        onBytes: report,
      });
      const damage =
        artifact.kind === 'closure'
          ? await findDamageInFolder(fetched, artifact.pinned)
          : await findDamage(fetched, artifact.pinned);
      report(totalBytes);
      // Kept only while a download is under way: what is in place needs no second copy, what is damaged no further use.
      if (artifact.kind === 'archive')
        await rm(join(mavenRepository, mavenFolder(artifact)), { recursive: true, force: true });
      else if (damage !== undefined) await rm(mavenRepository, { recursive: true, force: true });
      if (damage === undefined) return fetched;
      if (attempt >= fetchAttempts) {
        throw new StackError(
          `${artifact.title} was fetched ${attempt} times and is not what is pinned: ${damage}. Check the registry or proxy in use.`,
        );
      }
      this.note(artifact, `not what is pinned (${damage}): fetching it again`);
    }
  }

  private workFolder(artifact: Artifact): string {
    return join(this.options.directory, 'downloads', artifact.name);
  }

  private note(artifact: Artifact, detail: string): void {
    this.options.onProgress({ item: artifact.title, phase: 'note', detail });
  }

  /** Downloads of one lane run one after another, in this process and among processes. */
  private async inLane(lane: string, work: () => Promise<void>): Promise<void> {
    const previous = this.lanes.get(lane) ?? Promise.resolve();
    const run = previous
      .catch(() => undefined)
      .then(async () => {
        this.options.abortSignal?.throwIfAborted();
        const release = await this.lock(`lane-${lane}`, 'a download');
        try {
          await work();
          // What Maven gathered helps an interrupted download go on; when none is waiting it is of no further use.
          if (this.lanes.get(lane) === run) {
            await rm(join(this.options.directory, 'downloads', lane), { recursive: true, force: true });
          }
        } finally {
          release();
        }
      });
    this.lanes.set(lane, run);
    await run;
  }

  private async lock(name: string, title: string): Promise<() => void> {
    const path = join(this.options.directory, 'locks', `${name}.lock`);
    let release: (() => void) | undefined;
    let told = false;
    const acquired = await poll(
      () => {
        const attempt = tryLock(path);
        if (attempt.held) release = attempt.release;
        else if (!told) {
          told = true;
          this.options.onProgress({
            item: title,
            phase: 'note',
            detail: `process ${attempt.holder.processId} is fetching it: waiting`,
          });
        }
        return attempt.held;
      },
      { deadlineMs: lockWaitMs, intervalMs: 200, abortSignal: this.options.abortSignal },
    );
    this.options.abortSignal?.throwIfAborted();
    if (acquired && release !== undefined) return release;
    throw new StackError(`${title}: another process has held ${path} for ${lockWaitMs / 60_000} minutes.`);
  }
}

function pinnedBytes(artifact: Artifact): number {
  if (artifact.kind === 'archive') return artifact.pinned.bytes;
  return Object.values(artifact.pinned).reduce((sum, file) => sum + file.bytes, 0);
}

/** Where Maven keeps this artifact inside a local repository; a folder that never exists for another source. */
function mavenFolder(artifact: ArchiveArtifact): string {
  const [group = '', name = '', version = ''] = artifact.coordinates.split(':');
  return artifact.source === 'maven' ? join(...group.split('.'), name, version) : 'not-from-maven';
}
