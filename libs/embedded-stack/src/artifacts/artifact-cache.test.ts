import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tar from 'tar';
import type { ProgressEvent } from '../progress.js';
import { ArtifactCache } from './artifact-cache.js';
import { artifacts, type Artifact, type ArtifactName, type PinnedFile } from './catalog.js';
import type { fetchArtifact } from './fetch-artifact.js';

const jarContent = 'a jar';
let root: string;
let fetches: string[];
let events: ProgressEvent[];
let catalog: Readonly<Record<ArtifactName, Artifact>>;
let archive: Buffer;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'rowbridge-cache-test-'));
  fetches = [];
  events = [];
  mkdirSync(join(root, 'packed', 'plugin'), { recursive: true });
  writeFileSync(join(root, 'packed', 'plugin', 'plugin.jar'), 'the plugin');
  tar.create({ file: join(root, 'plugin.tgz'), cwd: join(root, 'packed'), gzip: true, sync: true }, [
    'plugin',
  ]);
  archive = readFileSync(join(root, 'plugin.tgz'));
  const plugin = artifacts['debezium-postgres'];
  const kafka = artifacts.kafka;
  if (plugin.kind !== 'archive' || kafka.kind !== 'closure') throw new Error('the catalog changed its kinds');
  catalog = {
    ...artifacts,
    'debezium-postgres': { ...plugin, pinned: pin(archive) },
    kafka: { ...kafka, pinned: { 'kafka.jar': pin(Buffer.from(jarContent)) } },
  };
});

afterEach(() => {
  rmSync(root, { recursive: true, force: true });
});

function pin(content: Buffer): PinnedFile {
  return { bytes: content.length, sha256: createHash('sha256').update(content).digest('hex') };
}

/** Writes what the registry would send; `damaged` says which attempts arrive broken. */
function registry(damaged: readonly number[] = []): typeof fetchArtifact {
  return (artifact, context) => {
    fetches.push(artifact.name);
    const broken = damaged.includes(fetches.length);
    const output = join(context.workFolder, 'output');
    mkdirSync(output, { recursive: true });
    if (artifact.kind === 'closure') {
      writeFileSync(join(output, 'kafka.jar'), broken ? 'a bar' : jarContent);
      return Promise.resolve(output);
    }
    writeFileSync(join(output, 'artifact'), broken ? archive.subarray(0, 40) : archive);
    return Promise.resolve(join(output, 'artifact'));
  };
}

function openCache(fetch: typeof fetchArtifact = registry()): ArtifactCache {
  return new ArtifactCache({
    directory: join(root, 'cache'),
    environment: {},
    javaHome: undefined,
    onProgress: (event) => events.push(event),
    catalog,
    fetch,
  });
}

function notes(): string[] {
  return events.filter((event) => event.phase === 'note').map((event) => event.detail ?? '');
}

describe('the artifact cache', () => {
  test('fetches once and unpacks; a later process finds it in place', async () => {
    const content = await openCache().ensure('debezium-postgres');
    expect(readFileSync(join(content, 'plugin', 'plugin.jar'), 'utf8')).toBe('the plugin');
    expect(await openCache().ensure('debezium-postgres')).toBe(content);
    expect(fetches).toEqual(['debezium-postgres']);
  });

  test('keeps no second copy of what it has unpacked', async () => {
    await openCache().ensure('debezium-postgres');
    expect(readdirSync(join(root, 'cache', 'downloads'))).toEqual([]);
    expect(readdirSync(join(root, 'cache', 'locks'))).toEqual([]);
  });

  test('says that a download is not what is pinned, and fetches it again', async () => {
    const content = await openCache(registry([1])).ensure('debezium-postgres');
    expect(existsSync(join(content, 'plugin', 'plugin.jar'))).toBe(true);
    expect(fetches).toHaveLength(2);
    expect(notes()[0]).toMatch(/not what is pinned \(40 bytes instead of \d+\): fetching it again/);
  });

  test('gives up with exit code 3 when the second download is wrong too, and leaves nothing that looks complete', async () => {
    const attempt = openCache(registry([1, 2])).ensure('kafka');
    await expect(attempt).rejects.toMatchObject({ exitCode: 3 });
    await expect(attempt).rejects.toThrow(/kafka\.jar: checksum/);
    expect(existsSync(join(await openCache().ensure('kafka'), 'kafka', 'kafka.jar'))).toBe(true);
    expect(fetches).toHaveLength(3);
  });

  test('refuses an archive of which a part could not be written, and leaves nothing that looks complete', async () => {
    // No file system takes so long a name: the kernel refuses this one entry, as it does when the disk is full.
    tar.create(
      {
        file: join(root, 'plugin.tgz'),
        cwd: join(root, 'packed'),
        gzip: true,
        sync: true,
        onWriteEntry: (entry) => {
          if (entry.path.endsWith('.jar')) entry.path = `plugin/${'long'.repeat(100)}.jar`;
        },
      },
      ['plugin'],
    );
    const whole = archive;
    archive = readFileSync(join(root, 'plugin.tgz'));
    const plugin = catalog['debezium-postgres'];
    if (plugin.kind !== 'archive') throw new Error('the catalog changed its kinds');
    const wholeCatalog = catalog;
    catalog = { ...catalog, 'debezium-postgres': { ...plugin, pinned: pin(archive) } };
    const attempt = openCache().ensure('debezium-postgres');
    await expect(attempt).rejects.toMatchObject({ exitCode: 3 });
    await expect(attempt).rejects.toThrow(
      /could not be unpacked into .*ENAMETOOLONG.*cut short: 1.*ROWBRIDGE_CACHE/,
    );
    const left = readdirSync(join(root, 'cache', 'artifacts'));
    expect(left.filter((name) => !name.endsWith('.partial'))).toEqual([]);
    archive = whole;
    catalog = wholeCatalog;
    const content = await openCache().ensure('debezium-postgres');
    expect(readFileSync(join(content, 'plugin', 'plugin.jar'), 'utf8')).toBe('the plugin');
  });

  test('notices a jar that changed on disk, says so, and fetches it again', async () => {
    const content = await openCache().ensure('kafka');
    writeFileSync(join(content, 'kafka', 'kafka.jar'), 'a bad');
    expect(readFileSync(join(await openCache().ensure('kafka'), 'kafka', 'kafka.jar'), 'utf8')).toBe(
      jarContent,
    );
    expect(notes()[0]).toMatch(/damaged in the cache \(kafka\.jar: checksum/);
  });

  test('notices an unpacked file that is gone, says so, and fetches it again', async () => {
    const content = await openCache().ensure('debezium-postgres');
    rmSync(join(content, 'plugin', 'plugin.jar'));
    await openCache().ensure('debezium-postgres');
    expect(existsSync(join(content, 'plugin', 'plugin.jar'))).toBe(true);
    expect(notes()[0]).toMatch(/damaged in the cache/);
  });

  test('goes on after an interrupted download with only what is missing', async () => {
    await openCache().ensure('kafka');
    const interrupted: typeof fetchArtifact = () => Promise.reject(new Error('the line went dead'));
    await expect(openCache(interrupted).ensure('debezium-postgres')).rejects.toThrow('the line went dead');
    const again = openCache();
    await Promise.all([again.ensure('kafka'), again.ensure('debezium-postgres')]);
    expect(fetches).toEqual(['kafka', 'debezium-postgres']);
  });

  test('lets two that want the same artifact share one download', async () => {
    const first = openCache();
    const second = openCache();
    const [one, other, same] = await Promise.all([
      first.ensure('kafka'),
      second.ensure('kafka'),
      first.ensure('kafka'),
    ]);
    expect(one).toBe(other);
    expect(same).toBe(one);
    expect(fetches).toEqual(['kafka']);
  });
});

describe('the catalog', () => {
  test('pins a SHA-256 and a size for every file it names', () => {
    for (const artifact of Object.values(artifacts)) {
      const pinned = artifact.kind === 'archive' ? [artifact.pinned] : Object.values(artifact.pinned);
      expect(pinned.length).toBeGreaterThan(0);
      for (const file of pinned) {
        expect(file.sha256).toMatch(/^[0-9a-f]{64}$/);
        expect(file.bytes).toBeGreaterThan(0);
      }
    }
  });
});
