import { EventEmitter } from 'node:events';
import { engineVersions } from './artifacts/catalog.js';
import type { EngineFactoryContext } from './create-engines.js';
import type { OpenDataDirectory } from './data-directory.js';
import { avroConverterSettings, schemaRegistryEndpoint } from './engines/schema-registry-engine.js';
import type { SupervisedEngine } from './processes/supervised-engine.js';
import type { ProgressListener } from './progress.js';
import { StackError } from './stack-error.js';
import type {
  ComponentExit,
  ComponentRestart,
  DatabaseEndpoint,
  RunningStack,
  SchemaRegistryEndpoint,
  StackComponent,
  StackEvents,
} from './stack-types.js';

export interface EmbeddedStackOptions {
  data: OpenDataDirectory;
  components: readonly StackComponent[];
  onProgress: ProgressListener;
}

interface Member {
  supervised: SupervisedEngine;
  port: number;
  context: EngineFactoryContext;
}

/** Stopped first: Kafka Connect commits its offsets to Kafka and reads the databases. */
const stopOrder: readonly (readonly StackComponent[])[] = [
  ['connect'],
  ['kafka', 'schemaRegistry', 'postgres', 'mysql'],
];

/** The stack `startStack` hands out, and where it registers what it has started. */
export class EmbeddedStack implements RunningStack {
  readonly components: readonly StackComponent[];
  readonly componentStartSeconds: Partial<Record<StackComponent, number>> = {};
  startSeconds = 0;
  private readonly members = new Map<StackComponent, Member>();
  private readonly events = new EventEmitter();
  private abandoned = false;
  private stopping: Promise<void> | undefined;

  constructor(private readonly options: EmbeddedStackOptions) {
    this.components = options.components;
  }

  get dataDirectory(): string {
    return this.options.data.path;
  }

  get logDirectory(): string {
    return this.options.data.logFolder;
  }

  get kafka(): { brokers: string[] } {
    return { brokers: [`127.0.0.1:${this.member('kafka').port}`] };
  }

  get connect(): { url: string } {
    return { url: `http://127.0.0.1:${this.member('connect').port}` };
  }

  get schemaRegistry(): SchemaRegistryEndpoint {
    return schemaRegistryEndpoint(this.member('schemaRegistry').port);
  }

  get connectorConverterSettings(): Readonly<Record<string, string>> {
    return avroConverterSettings(this.schemaRegistry);
  }

  get databases(): { readonly postgres: DatabaseEndpoint; readonly mysql: DatabaseEndpoint } {
    const postgres = (): DatabaseEndpoint => this.postgresEndpoint();
    const mysql = (): DatabaseEndpoint => this.mysqlEndpoint();
    return {
      get postgres() {
        return postgres();
      },
      get mysql() {
        return mysql();
      },
    };
  }

  /** Starts one component and keeps it; for `startStack`. */
  async run(component: StackComponent, member: Member): Promise<void> {
    const { title, address } = member.supervised.engine;
    if (this.abandoned) throw new StackError(`${title} was not started: another component failed first.`);
    this.members.set(component, member);
    this.options.onProgress({ item: title, phase: 'starting' });
    const seconds = await member.supervised.start();
    this.componentStartSeconds[component] = seconds;
    this.options.onProgress({ item: title, phase: 'ready', detail: address, seconds });
  }

  /** Lets nothing further start. */
  abandon(): void {
    this.abandoned = true;
  }

  announceExit(exit: ComponentExit): void {
    const detail = `${exit.signal ?? `exit ${exit.status}`}, starting it again in ${exit.restartInMs / 1000} s`;
    this.options.onProgress({
      item: this.member(exit.component).supervised.engine.title,
      phase: 'exited',
      detail,
    });
    this.events.emit('exited', exit);
  }

  announceRestart(restart: ComponentRestart): void {
    const detail = `restart ${restart.restarts}`;
    const seconds = restart.downMs / 1000;
    this.options.onProgress({
      item: this.member(restart.component).supervised.engine.title,
      phase: 'restarted',
      detail,
      seconds,
    });
    this.events.emit('restarted', restart);
  }

  stop(): Promise<void> {
    this.stopping ??= this.stopAll();
    return this.stopping;
  }

  async restart(component: StackComponent): Promise<void> {
    await this.member(component).supervised.restart();
  }

  kill(component: StackComponent, signal: NodeJS.Signals = 'SIGKILL'): void {
    this.member(component).supervised.signal(signal);
  }

  processId(component: StackComponent): number | undefined {
    return this.member(component).supervised.processId;
  }

  on<Name extends keyof StackEvents>(name: Name, listener: (...event: StackEvents[Name]) => void): void {
    this.events.on(name, listener as (...event: unknown[]) => void);
  }

  /** Every component, whatever became of the others; then the first failure counts. */
  private async stopAll(): Promise<void> {
    this.abandoned = true;
    const outcomes: PromiseSettledResult<void>[] = [];
    for (const group of stopOrder) {
      outcomes.push(...(await Promise.allSettled(group.map((component) => this.stopOne(component)))));
    }
    this.options.data.release();
    const failed = outcomes.find((outcome) => outcome.status === 'rejected');
    if (failed !== undefined) throw failed.reason;
  }

  private async stopOne(component: StackComponent): Promise<void> {
    const member = this.members.get(component);
    if (member === undefined) return;
    const { title } = member.supervised.engine;
    const began = performance.now();
    this.options.onProgress({ item: title, phase: 'stopping' });
    await member.supervised.stop();
    this.options.onProgress({ item: title, phase: 'stopped', seconds: (performance.now() - began) / 1000 });
  }

  private member(component: StackComponent): Member {
    const member = this.members.get(component);
    if (member === undefined) throw new StackError(`${component} is not part of this stack.`, 2);
    return member;
  }

  private postgresEndpoint(): DatabaseEndpoint {
    const { port, context } = this.member('postgres');
    const version = engineVersions.postgres[context.postgresVersion];
    return endpoint({
      engine: 'postgresql',
      version,
      port,
      user: 'postgres',
      password: context.credentials.postgresPassword,
    });
  }

  private mysqlEndpoint(): DatabaseEndpoint {
    const { port, context } = this.member('mysql');
    const flavor = context.mysqlFlavor;
    const engine = flavor === 'mariadb' ? 'mariadb' : 'mysql';
    return endpoint({
      engine,
      version: engineVersions[flavor],
      port,
      user: 'root',
      password: context.credentials.mysqlPassword,
    });
  }
}

function endpoint(
  known: Pick<DatabaseEndpoint, 'engine' | 'version' | 'port' | 'user' | 'password'>,
): DatabaseEndpoint {
  const [scheme, database] = known.engine === 'postgresql' ? ['postgres', 'postgres'] : ['mysql', 'mysql'];
  const host = '127.0.0.1';
  const url = `${scheme}://${known.user}:${encodeURIComponent(known.password)}@${host}:${known.port}/${database}`;
  return { ...known, host, database: database ?? '', url };
}
