import { join, resolve } from 'node:path';
import { ArtifactCache } from './artifacts/artifact-cache.js';
import { cacheDirectory } from './artifacts/cache-directory.js';
import { engineFactories, type CreatedEngine, type EngineFactoryContext } from './create-engines.js';
import { dataDirectoryCredentials } from './credentials.js';
import { openDataDirectory, type OpenDataDirectory } from './data-directory.js';
import { createOpenFolder } from './database-user.js';
import type { JavaRuntime } from './engines/java-launch.js';
import { PortChooser } from './ports.js';
import {
  requireJava,
  requireJavaPaths,
  requireNode,
  requirePlatform,
  type Environment,
} from './prerequisites.js';
import { SupervisedEngine } from './processes/supervised-engine.js';
import { EmbeddedStack } from './embedded-stack.js';
import {
  allStackComponents,
  type RunningStack,
  type StackComponent,
  type StackOptions,
} from './stack-types.js';

const javaComponents: readonly StackComponent[] = ['kafka', 'schemaRegistry', 'connect'];

/**
 * Fetches what is missing, starts every component as early as what it needs allows, and resolves when all answer.
 * Whatever fails, nothing is left running.
 * @throws StackError with what is missing, taken or broken, and what to do
 */
export async function startStack(options: StackOptions): Promise<RunningStack> {
  const beganAt = performance.now();
  requirePlatform();
  requireNode();
  const environment = options.environment ?? process.env;
  const components = wantedComponents(options.components);
  const needsJava = components.some((component) => javaComponents.includes(component));
  const java = needsJava ? requireJava(environment) : undefined;
  if (needsJava) {
    requireJavaPaths({
      dataDirectory: resolve(options.dataDirectory),
      cacheDirectory: cacheDirectory(environment),
    });
  }
  options.abortSignal?.throwIfAborted();
  const onProgress = options.onProgress ?? (() => undefined);
  const data = await openDataDirectory({
    path: options.dataDirectory,
    fresh: options.fresh ?? false,
    onProgress,
  });
  const stack = new EmbeddedStack({ data, components, onProgress });
  const abort = new AbortController();
  const forwardAbort = (): void => abort.abort(options.abortSignal?.reason);
  options.abortSignal?.addEventListener('abort', forwardAbort, { once: true });
  try {
    const context = await createContext({ ...options, environment, onProgress }, { data, java, abort });
    await startComponents(stack, context, abort);
    stack.startSeconds = (performance.now() - beganAt) / 1000;
    return stack;
  } catch (failure) {
    abort.abort(failure);
    // Why it did not start counts; what fails after that is only said.
    await stack.stop().catch((left: unknown) => {
      onProgress({
        item: 'Stopping',
        phase: 'note',
        detail: left instanceof Error ? left.message : String(left),
      });
    });
    throw failure;
  } finally {
    options.abortSignal?.removeEventListener('abort', forwardAbort);
  }
}

interface ContextParts {
  data: OpenDataDirectory;
  java: ReturnType<typeof requireJava> | undefined;
  abort: AbortController;
}

async function createContext(
  options: StackOptions & { environment: Environment; onProgress: NonNullable<StackOptions['onProgress']> },
  parts: ContextParts,
): Promise<Omit<EngineFactoryContext, 'kafkaPort'>> {
  const cacheFolder = cacheDirectory(options.environment);
  const archiveFolder = join(cacheFolder, 'class-data');
  createOpenFolder(archiveFolder);
  const runtime: JavaRuntime | undefined =
    parts.java === undefined ? undefined : { ...parts.java, archiveFolder };
  return {
    cache: new ArtifactCache({
      directory: cacheFolder,
      environment: options.environment,
      javaHome: parts.java?.home,
      onProgress: options.onProgress,
      abortSignal: parts.abort.signal,
    }),
    cacheFolder,
    data: parts.data,
    credentials: dataDirectoryCredentials(parts.data.path),
    ports: new PortChooser(options.ports),
    java: runtime,
    environment: options.environment,
    mysqlFlavor: options.mysqlFlavor ?? 'mariadb',
    postgresVersion: options.postgresVersion ?? 18,
    connectWorkerSettings: options.connectWorkerSettings ?? {},
    abortSignal: parts.abort.signal,
  };
}

async function startComponents(
  stack: EmbeddedStack,
  base: Omit<EngineFactoryContext, 'kafkaPort'>,
  abort: AbortController,
): Promise<void> {
  const { components } = stack;
  const created = new Map<StackComponent, Promise<CreatedEngine>>();
  const ready = new Map<StackComponent, Promise<void>>();
  const context: EngineFactoryContext = {
    ...base,
    kafkaPort: async () => {
      const kafka = await created.get('kafka');
      if (kafka === undefined) throw new Error('Kafka Connect needs Kafka in the same stack');
      return kafka.port;
    },
  };
  for (const component of components) created.set(component, engineFactories[component](context));
  for (const component of components) {
    ready.set(component, startComponent(stack, component, { context, created, ready }));
  }
  // The first failure counts; those that follow are consequences of ending the rest.
  const outcomes: Promise<unknown>[] = [...created.values(), ...ready.values()];
  try {
    await Promise.all(outcomes);
  } catch (failure) {
    stack.abandon();
    abort.abort(failure);
    await Promise.allSettled(outcomes);
    throw failure;
  }
}

interface StartPlan {
  context: EngineFactoryContext;
  created: ReadonlyMap<StackComponent, Promise<CreatedEngine>>;
  ready: ReadonlyMap<StackComponent, Promise<void>>;
}

async function startComponent(
  stack: EmbeddedStack,
  component: StackComponent,
  plan: StartPlan,
): Promise<void> {
  const creation = plan.created.get(component);
  if (creation === undefined) throw new Error(`${component} was not created`);
  const { engine, port } = await creation;
  await engine.prepare();
  for (const other of engine.after) await plan.ready.get(other);
  plan.context.abortSignal.throwIfAborted();
  const supervised = new SupervisedEngine({
    engine,
    recordFile: join(plan.context.data.recordFolder, `${component}.json`),
    onExited: (exit) => stack.announceExit(exit),
    onRestarted: (restart) => stack.announceRestart(restart),
    abortSignal: plan.context.abortSignal,
  });
  await stack.run(component, { supervised, port, context: plan.context });
}

function wantedComponents(asked: readonly StackComponent[] | undefined): readonly StackComponent[] {
  const wanted = new Set(asked ?? allStackComponents);
  if (wanted.has('connect')) wanted.add('kafka');
  return allStackComponents.filter((component) => wanted.has(component));
}
