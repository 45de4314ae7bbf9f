import { readdirSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { JavaInstallation } from '../prerequisites.js';

/** As of `nice`: 0 is a usual thread's, 19 the least. */
const compilerNiceness = 15;

export interface JavaRuntime extends JavaInstallation {
  /** Folder for class-data archives, which spare a JVM most of its class loading at start. */
  archiveFolder: string;
}

export interface JavaProcessOptions {
  runtime: JavaRuntime;
  /** Names the class-data archive, which the JVM writes at its first clean end and checks before each use. */
  archiveName: string;
  heapMegabytes: number;
  /** Of the engine; native libraries are unpacked below it. */
  folder: string;
}

/** Creates an engine's folder with an empty folder for temporary files: a killed JVM leaves its behind. */
export async function prepareJavaFolder(folder: string): Promise<void> {
  await rm(temporaryFolder(folder), { recursive: true, force: true });
  await mkdir(temporaryFolder(folder), { recursive: true });
}

function temporaryFolder(folder: string): string {
  return join(folder, 'tmp');
}

/**
 * Flags every JVM of the stack gets. The serial collector needs the least memory and threads at heaps this small. The
 * compilers' threads yield to everything else: beside a young JVM's they would hold up the rows, and the control API, by
 * tenths of a second on a machine of few cores.
 */
export function javaFlags({ runtime, archiveName, heapMegabytes, folder }: JavaProcessOptions): string[] {
  const archive = join(
    runtime.archiveFolder,
    `${archiveName}-${runtime.version.replaceAll(/[^\w.]/g, '_')}.jsa`,
  );
  return [
    `-Xmx${heapMegabytes}m`,
    '-XX:+UseSerialGC',
    '-XX:ThreadPriorityPolicy=1',
    `-XX:CompilerThreadPriority=${compilerNiceness}`,
    '-XX:+ExitOnOutOfMemoryError',
    '-XX:+AutoCreateSharedArchive',
    `-XX:SharedArchiveFile=${archive}`,
    '-Xlog:cds=off',
    '-Xlog:cds+dynamic=off',
    '-XX:-UsePerfData',
    `-Djava.io.tmpdir=${temporaryFolder(folder)}`,
    '-Djava.awt.headless=true',
    '-Dfile.encoding=UTF-8',
    '-Duser.timezone=UTC',
  ];
}

/** The jars of a folder in a fixed order, as class path; a class-data archive fits only the same order. */
export function classPath(folder: string): string {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.jar'))
    .sort()
    .map((name) => join(folder, name))
    .join(':');
}

/** The `java` program of an installation. */
export function javaProgram(runtime: JavaInstallation): string {
  return join(runtime.home, 'bin', 'java');
}

/**
 * `name=value` lines of a Java properties file. Java and Kafka read such files as ISO 8859-1 and drop white space that
 * begins a value: whatever is not plain ASCII is written as `\uXXXX`, backslashes are doubled.
 */
export function propertiesFile(settings: Readonly<Record<string, string | number>>): string {
  return Object.entries(settings)
    .map(([name, value]) => `${name}=${escapedValue(String(value))}\n`)
    .join('');
}

function escapedValue(value: string): string {
  return value
    .replaceAll('\\', '\\\\')
    .replace(/^ /, '\\ ')
    .replaceAll(
      /[^\x20-\x7e]/g,
      (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
    );
}

/** Log4j 2 configuration: information and worse, one line each, to standard output. */
export const loggingConfiguration = [
  'status=error',
  'appender.out.type=Console',
  'appender.out.name=out',
  'appender.out.layout.type=PatternLayout',
  'appender.out.layout.pattern=%d{ISO8601} %p %c{1} %m%n',
  'rootLogger.level=info',
  'rootLogger.appenderRef.out.ref=out',
  '',
].join('\n');
