import { spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PortChooser, type RunningStack } from '@rowbridge/embedded-stack';
import { waitFor } from '@rowbridge/testing';
import { readYaml, repositoryRoot } from '../deploy/deploy-folder.js';

type Environment = Readonly<Record<string, string>>;

/** How a program ended; `status` is null when it had not ended in time and was killed. */
export interface ProgramEnd {
  readonly status: number | null;
  readonly output: string;
}

/** A service of the compose file, running. */
export interface ComposedService {
  readonly url: string;
  /** What the image's health check ends with. */
  checkHealth(): Promise<number | null>;
  /** Asks it to end; resolves to how it did. */
  stop(): Promise<ProgramEnd>;
}

const compose = readYaml<{ services: Record<string, { environment?: Environment }> }>('docker-compose.yml');

/**
 * The steps and services of docker-compose.yml, run as their containers would: the same programs, and the variables of
 * the compose file, in which only addresses and folders are those of engines that need no Docker.
 */
export class ComposeSteps {
  readonly secretsDirectory: string;
  private readonly ports = new PortChooser('free');

  constructor(
    private readonly stack: RunningStack,
    private readonly folder: string,
  ) {
    this.secretsDirectory = join(folder, 'secrets');
    // These servers have passwords already; the step "secrets" keeps what is there.
    const { postgres, mysql } = stack.databases;
    mkdirSync(this.secretsDirectory);
    writeFileSync(join(this.secretsDirectory, 'postgres-admin-password'), `${postgres.password}\n`);
    writeFileSync(join(this.secretsDirectory, 'mysql-admin-password'), `${mysql.password}\n`);
  }

  secret(name: string): string {
    return readFileSync(join(this.secretsDirectory, name), 'utf8').trim();
  }

  /** Runs a step to its end, or kills it when the time is up. */
  provision(step: 'secrets' | 'system', deadlineMs = 90_000): Promise<ProgramEnd> {
    const { postgres, mysql } = this.stack.databases;
    const program = start(['deploy/docker/provision/provision.mjs', step], {
      ...compose.services['provision']?.environment,
      SECRETS_DIRECTORY: this.secretsDirectory,
      POSTGRES_ADMIN_USER: postgres.user,
      POSTGRES_ADDRESS: `${postgres.host}:${postgres.port}`,
      MYSQL_ADDRESS: `${mysql.host}:${mysql.port}`,
      KAFKA_BROKERS: this.stack.kafka.brokers.join(','),
      CONNECT_URL: this.stack.connect.url,
      // The image of Kafka Connect has its converters from its worker's settings.
      CONVERTER_SETTINGS: JSON.stringify(this.stack.connectorConverterSettings),
    });
    return endOf(program, deadlineMs);
  }

  /** Starts a service as its image does and waits until the image's health check is content. */
  async startService(name: string): Promise<ComposedService> {
    const port = String(await this.ports.chooseFree());
    const program = start(['deploy/docker/start-service.mjs'], {
      ...this.serviceEnvironment(name),
      ROWBRIDGE_SERVICE: name,
      ROWBRIDGE_ROOT: repositoryRoot,
      HOST: '127.0.0.1',
      PORT: port,
    });
    const ended = endOf(program);
    const checkHealth = async (): Promise<number | null> =>
      (await endOf(start(['deploy/docker/check-health.mjs'], { PORT: port }), 10_000)).status;
    const stop = (): Promise<ProgramEnd> => {
      program.kill('SIGTERM');
      return ended;
    };
    const isHealthy = async (): Promise<boolean> => {
      if (program.exitCode !== null) throw new Error(`${name} has ended: ${(await ended).output}`);
      return (await checkHealth()) === 0;
    };
    const patience = { what: `${name} to be healthy`, deadlineMs: 90_000, intervalMs: 500 };
    await waitFor(isHealthy, patience).catch(async (failure: unknown) => {
      await stop();
      throw failure;
    });
    return { url: `http://127.0.0.1:${port}`, checkHealth, stop };
  }

  private serviceEnvironment(name: string): Environment {
    const { postgres, mysql } = this.stack.databases;
    const places: Environment = {
      KAFKA_BROKERS: this.stack.kafka.brokers.join(','),
      SCHEMA_REGISTRY_URL: this.stack.schemaRegistry.confluentUrl,
      CONNECT_URL: this.stack.connect.url,
      DB_LEGACY_HOST: postgres.host,
      DB_LEGACY_PORT: String(postgres.port),
      DB_REVAMP_HOST: mysql.host,
      DB_REVAMP_PORT: String(mysql.port),
      LOG_LEVEL: 'info',
    };
    const declared = Object.entries(compose.services[name]?.environment ?? {});
    return Object.fromEntries(
      declared.map(([variable, value]) => [
        variable,
        places[variable] ??
          value.replace('/secrets', this.secretsDirectory).replace('/var/lib/rowbridge', this.folder),
      ]),
    );
  }
}

function start(programArguments: readonly string[], environment: Environment): ChildProcess {
  return spawn(process.execPath, programArguments, {
    cwd: repositoryRoot,
    env: { PATH: process.env['PATH'], ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

function endOf(program: ChildProcess, deadlineMs?: number): Promise<ProgramEnd> {
  let output = '';
  for (const stream of [program.stdout, program.stderr]) {
    stream?.on('data', (text: Buffer) => (output += text.toString()));
  }
  return new Promise((resolve, reject) => {
    const limit =
      deadlineMs === undefined ? undefined : setTimeout(() => program.kill('SIGKILL'), deadlineMs);
    program.once('error', reject);
    program.once('close', (status) => {
      clearTimeout(limit);
      resolve({ status, output });
    });
  });
}
