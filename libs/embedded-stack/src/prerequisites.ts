import { spawnSync } from 'node:child_process';
import { accessSync, constants, readFileSync, readdirSync, realpathSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { StackError } from './stack-error.js';

const oldestNode = [20, 19] as const;
const oldestJavaMajor = 21;
const oldestMaven = [3, 8] as const;

export type Environment = Readonly<Record<string, string | undefined>>;

export interface JavaInstallation {
  /** The folder that holds `bin/java`. */
  home: string;
  major: number;
  /** As its vendor writes it, such as `25.0.3`. */
  version: string;
}

/** Where to look besides JAVA_HOME and PATH; tests give a made-up tree. */
export interface JavaSearchPlaces {
  /** Folders whose subfolders are installations. */
  folders: readonly string[];
}

/** Numbers of a dotted version; text after the numbers is ignored. `1.8.0_442` is Java's way of writing 8. */
export function parseVersion(text: string): number[] {
  const numbers = /\d+(?:\.\d+)*/.exec(text)?.[0].split('.').map(Number) ?? [];
  return numbers[0] === 1 && numbers.length > 1 && text.includes('_') ? numbers.slice(1) : numbers;
}

/** True when `found` is at least `wanted`, compared number by number; a missing number counts as 0. */
export function isAtLeast(found: readonly number[], wanted: readonly number[]): boolean {
  for (const [position, number] of wanted.entries()) {
    const other = found[position] ?? 0;
    if (other !== number) return other > number;
  }
  return true;
}

/** @throws StackError exit 3 where no engine artifact exists for this kind of machine. */
export function requirePlatform(
  platform: string = process.platform,
  architecture: string = process.arch,
): void {
  if (platform === 'linux' && architecture === 'x64') return;
  throw new StackError(
    `The embedded engines run on Linux x64; this is ${platform} ${architecture}. Use Docker there (npm start -- --docker).`,
  );
}

/** @throws StackError exit 3 when this Node is older than the engines field of package.json allows. */
export function requireNode(version: string = process.versions.node): void {
  if (isAtLeast(parseVersion(version), oldestNode)) return;
  throw new StackError(
    `Node ${oldestNode.join('.')} or newer is needed; this is ${version}. Get it from https://nodejs.org or with nvm install 22.`,
  );
}

/**
 * Finds a Java to run Kafka, Kafka Connect and the registry: JAVA_HOME first, then PATH, then the usual folders;
 * among the latter the newest.
 * @throws StackError exit 3 that names what was found and how to get one.
 */
export function requireJava(
  environment: Environment = process.env,
  places = usualJavaPlaces(environment),
): JavaInstallation {
  const named = [environment['JAVA_HOME'], ...javaHomesOnPath(environment)].filter(
    (home): home is string => home !== undefined && home !== '',
  );
  const looked: JavaInstallation[] = [];
  for (const home of named) {
    const installation = readJava(home);
    if (installation === undefined) continue;
    if (installation.major >= oldestJavaMajor) return installation;
    looked.push(installation);
  }
  const others = places.folders
    .flatMap((folder) => subfolders(folder))
    .flatMap((home) => [home, join(home, 'Contents', 'Home')])
    .map((home) => readJava(home))
    .filter((installation) => installation !== undefined)
    .sort((left, right) => right.major - left.major);
  const newest = others[0];
  if (newest !== undefined && newest.major >= oldestJavaMajor) return newest;
  const found = [...looked, ...others].map(
    (installation) => `${installation.version} in ${installation.home}`,
  );
  throw new StackError(
    `A Java ${oldestJavaMajor} or newer is needed for Kafka; ${found.length === 0 ? 'none was found' : `found only ${found.join(', ')}`}. ` +
      'Get one from https://adoptium.net or your package manager (openjdk-21-jdk-headless), and set JAVA_HOME if it lies in an unusual place.',
  );
}

export interface JavaPaths {
  dataDirectory: string;
  cacheDirectory: string;
}

/**
 * Kafka, Kafka Connect and the registry get these paths inside lists, and know no way to write the sign that parts a list.
 * @throws StackError exit 3 that names the path, the sign, and how to choose another path
 */
export function requireJavaPaths({ dataDirectory, cacheDirectory }: JavaPaths): void {
  // Kafka's log.dirs; the registry's database url.
  const inData = /[,;]/.exec(dataDirectory)?.[0];
  if (inData !== undefined) {
    throw new StackError(
      `The data directory cannot be at ${dataDirectory}: Kafka splits paths at "${inData}". ` +
        'Name a path without it in ROWBRIDGE_DATA, or move the folder it lies in.',
    );
  }
  // Kafka Connect's plugin.path; the class path.
  const inCache = /[,:]/.exec(cacheDirectory)?.[0];
  if (inCache !== undefined) {
    throw new StackError(
      `The cache of engines cannot be at ${cacheDirectory}: Kafka splits paths at "${inCache}". ` +
        'Name a path without it in ROWBRIDGE_CACHE.',
    );
  }
}

/**
 * Finds Maven, which fetches the engines.
 * @returns the program to run
 * @param environment as Maven is to run in: its JAVA_HOME must be one that exists
 * @throws StackError exit 3 when it is missing, too old, or does not run, with what it says
 */
export function requireMaven(environment: Environment = process.env): string {
  const howTo = 'Get it from https://maven.apache.org or your package manager (apt-get install maven).';
  const program = findOnPath('mvn', environment);
  if (program === undefined) {
    throw new StackError(
      `Maven ${oldestMaven.join('.')} or newer is needed to fetch the engines; mvn is not on PATH. ${howTo}`,
    );
  }
  const { version, said } = askMaven(program, environment);
  if (version === undefined) {
    throw new StackError(
      `Maven is needed to fetch the engines, and ${program} -v does not tell its version: ${said}. ` +
        'Mend what it names (JAVA_HOME, if it is set, must name a JDK), or get another one. ' +
        howTo,
    );
  }
  if (!isAtLeast(parseVersion(version), oldestMaven)) {
    throw new StackError(
      `Maven ${oldestMaven.join('.')} or newer is needed to fetch the engines; ${program} is ${version}. ${howTo}`,
    );
  }
  return program;
}

/** First executable of that name on PATH. */
export function findOnPath(program: string, environment: Environment): string | undefined {
  for (const folder of (environment['PATH'] ?? '').split(delimiter)) {
    if (folder === '') continue;
    const candidate = join(folder, program);
    try {
      accessSync(candidate, constants.X_OK);
      return candidate;
    } catch {
      continue;
    }
  }
  return undefined;
}

interface MavenAnswer {
  version: string | undefined;
  /** Its own words where it names no version. */
  said: string;
}

function askMaven(program: string, environment: Environment): MavenAnswer {
  const { stdout, stderr, error } = spawnSync(program, ['-v'], {
    env: { ...environment },
    encoding: 'utf8',
    timeout: 30_000,
  });
  const version = /Apache Maven (\S+)/.exec(stdout ?? '')?.[1]?.replaceAll('\u001b[m', '');
  const words = (stderr ?? '').trim() || (stdout ?? '').trim() || (error?.message ?? 'it says nothing');
  return { version, said: words.split('\n').slice(-4).join(' ').replace(/\.$/, '') };
}

function usualJavaPlaces(environment: Environment): JavaSearchPlaces {
  const home = environment['HOME'] ?? '/nonexistent';
  return {
    folders: [
      '/usr/lib/jvm',
      '/usr/java',
      '/opt',
      '/opt/java',
      '/Library/Java/JavaVirtualMachines',
      join(home, '.sdkman', 'candidates', 'java'),
      join(home, '.jdks'),
    ],
  };
}

function javaHomesOnPath(environment: Environment): string[] {
  const program = findOnPath('java', environment);
  if (program === undefined) return [];
  try {
    return [dirname(dirname(realpathSync(program)))];
  } catch {
    return [];
  }
}

function subfolders(folder: string): string[] {
  try {
    return readdirSync(folder).map((name) => join(folder, name));
  } catch {
    return [];
  }
}

/** Reads the installation's `release` file, and asks `java -version` where there is none. */
function readJava(home: string): JavaInstallation | undefined {
  const program = join(home, 'bin', 'java');
  try {
    accessSync(program, constants.X_OK);
  } catch {
    return undefined;
  }
  const version = versionFromReleaseFile(home) ?? versionFromProgram(program);
  const major = version === undefined ? undefined : parseVersion(version)[0];
  return version === undefined || major === undefined ? undefined : { home, major, version };
}

function versionFromReleaseFile(home: string): string | undefined {
  try {
    return /^JAVA_VERSION="([^"]+)"/m.exec(readFileSync(join(home, 'release'), 'utf8'))?.[1];
  } catch {
    return undefined;
  }
}

function versionFromProgram(program: string): string | undefined {
  const answer = spawnSync(program, ['-version'], { encoding: 'utf8', timeout: 30_000 });
  return /version "([^"]+)"/.exec(`${answer.stderr ?? ''}${answer.stdout ?? ''}`)?.[1];
}
