import { connectorListSchema, restartAnswerSchema } from '@rowbridge/control-protocol';
import { ConnectClient, ConnectRequestError, type ConnectorPlan } from 'debezium-connect-client';
import { Command } from 'commander';
import { CommandError } from '../command-error.js';
import { readDeclaredConnectors, type DeclaredConnectors } from '../declared-connectors.js';
import { action, withCommonOptions, type Invocation, type Surroundings } from '../invocation.js';
import type { Output } from '../output.js';
import { compareTopics, createMissingTopics, printTopics, type TopicSources } from './connector-topics.js';

interface DeclarationOptions {
  readonly file?: string;
  readonly settings?: string;
  readonly dryRun?: boolean;
}

interface ApplyOptions extends DeclarationOptions {
  /** `host:port`, several joined by commas. */
  readonly kafka?: string;
  /** False with `--no-topics`. */
  readonly topics: boolean;
}

interface RestartOptions {
  readonly onlyFailed?: boolean;
  readonly dryRun?: boolean;
}

const declarationHelp = `
The declaration is read from a YAML file (--file) or the environment:
  KAFKA_BROKERS  CONNECT_URL  DB_LEGACY_ENGINE  DB_LEGACY_HOST  DB_LEGACY_PORT  DB_LEGACY_DATABASE
  DB_LEGACY_CAPTURE_USER  DB_LEGACY_CAPTURE_PASSWORD (or …_PASSWORD_FILE), and the same for DB_REVAMP

KAFKA_BROKERS are the brokers as Kafka Connect reaches them; plan and apply look after the connectors' topics there, or at
--kafka where they have another address from here.

Examples:
  rowbridge connectors validate --file connectors.yaml
  rowbridge connectors plan                      what apply would change; secrets are masked
  rowbridge connectors apply --settings tls.json`;

/** `rowbridge connectors`: what Kafka Connect runs, and bringing it in step with the declaration. */
export function connectorsCommand(surroundings: Surroundings): Command {
  const connectors = new Command('connectors').description(
    'see, plan and apply the connectors that read the logs',
  );
  const declared = (name: string, description: string): Command =>
    withCommonOptions(new Command(name))
      .description(description)
      .option('--file <file>', 'YAML file of the declaration')
      .option(
        '--settings <file>',
        'JSON object of further connector properties, such as converters and TLS; they win',
      )
      .addHelpText('after', declarationHelp);
  const withTopics = (command: Command): Command =>
    command
      .option('--kafka <brokers>', 'addresses of brokers as seen from here, joined by commas')
      .option('--no-topics', 'leave the topics to whoever makes them');
  connectors.addCommand(
    declared('validate', 'let Kafka Connect check the declared connectors, databases included').action(
      action(surroundings, validate),
    ),
  );
  connectors.addCommand(
    withTopics(declared('plan', 'what apply would change, and nothing else')).action(
      action(surroundings, plan),
    ),
  );
  connectors.addCommand(
    withTopics(declared('apply', 'make the topics that are missing and give Kafka Connect the connectors'))
      .option('--dry-run', 'the same as plan')
      .action(
        action<ApplyOptions>(surroundings, (invocation, options) =>
          options.dryRun === true ? plan(invocation, options) : apply(invocation, options),
        ),
      ),
  );
  connectors.addCommand(
    withCommonOptions(new Command('status'))
      .description('state of every connector and task, with the reason of a failure')
      .action(action(surroundings, showStatus)),
  );
  connectors.addCommand(
    withCommonOptions(new Command('restart'))
      .description('restart a connector and its tasks')
      .argument('<connector>', 'such as legacy')
      .option('--only-failed', 'leave what runs alone')
      .option('--dry-run', 'say what would be restarted, and do nothing')
      .action(action<RestartOptions>(surroundings, restart)),
  );
  return connectors;
}

async function validate(invocation: Invocation, options: DeclarationOptions): Promise<void> {
  const problems = await overDeclared(invocation, options, async (client, { name, configuration }) =>
    (await client.validate(name, configuration)).map((problem) => ({ connector: name, ...problem })),
  );
  const found = problems.flat();
  const { output } = invocation;
  output.result({ valid: found.length === 0, problems: found }, () =>
    output.table(
      ['CONNECTOR', 'PROPERTY', 'PROBLEM'],
      found.map(({ connector, property, errors }) => [connector, property, errors.join(' ')]),
      'Every connector is valid.',
    ),
  );
  if (found.length > 0) throw new CommandError(`${found.length} properties are not valid`, 2);
}

async function plan(invocation: Invocation, options: ApplyOptions): Promise<void> {
  const topics = options.topics ? await compareTopics(topicSources(invocation, options)) : [];
  const plans = await overDeclared(invocation, options, async (client, { name, configuration }) => ({
    connector: name,
    ...(await client.plan(name, configuration)),
  }));
  invocation.output.result({ topics, connectors: plans }, (output) => {
    if (options.topics) printTopics(output, topics);
    plans.forEach((planned) => printPlan(output, planned));
  });
}

function topicSources({ environment }: Invocation, { file, kafka }: ApplyOptions): TopicSources {
  return { file, environment, brokers: kafka?.split(',') };
}

function printPlan(
  output: Output,
  { connector, action: deed, added, changed, removed }: ConnectorPlan & { connector: string },
): void {
  if (deed === 'none') {
    output.line(`${connector}: nothing to change`);
    return;
  }
  output.line(`${connector}: would be ${deed}d`);
  for (const { property, to } of added) output.line(`  + ${property} = ${to}`);
  for (const { property, from, to } of changed) output.line(`  ~ ${property} = ${from} -> ${to}`);
  for (const { property, from } of removed) output.line(`  - ${property} = ${from}`);
}

/** Topics first: a connector that starts before them has the broker make some of its own, or fails. */
async function apply(invocation: Invocation, options: ApplyOptions): Promise<void> {
  const { output } = invocation;
  const topics = options.topics ? await createMissingTopics(topicSources(invocation, options)) : [];
  // At once: what was made is told even where a connector is refused.
  if (options.topics && !output.isJson) printTopics(output, topics);
  const applied = await overDeclared(invocation, options, async (client, { name, configuration }) => {
    const { action: deed } = await client.plan(name, configuration);
    return {
      connector: name,
      outcome: deed === 'none' ? 'unchanged' : await client.createOrUpdate(name, configuration),
    };
  });
  output.result({ topics, connectors: applied }, () =>
    applied.forEach(({ connector, outcome }) => output.line(`${connector}: ${outcome}`)),
  );
}

/** Runs the work for each declared connector, one after another; what Kafka Connect refuses ends it. */
async function overDeclared<Result>(
  { environment }: Invocation,
  { file, settings }: DeclarationOptions,
  work: (client: ConnectClient, declaration: DeclaredConnectors['connectors'][number]) => Promise<Result>,
): Promise<Result[]> {
  const { connectUrl, connectors } = readDeclaredConnectors({ file, settingsFile: settings, environment });
  const client = new ConnectClient({ url: connectUrl });
  const results: Result[] = [];
  for (const declaration of connectors) {
    try {
      results.push(await work(client, declaration));
    } catch (error) {
      if (!(error instanceof ConnectRequestError)) throw error;
      throw new CommandError(error.message, error.status === null ? 3 : 1);
    }
  }
  return results;
}

async function showStatus({ api, output }: Invocation): Promise<void> {
  const { content } = await api.ask(connectorListSchema, { path: '/api/v1/connectors' });
  output.result(content, () => {
    output.table(
      ['CONNECTOR', 'STATE', 'TASK', 'TASK STATE', 'REASON'],
      content.items.flatMap(({ name, state, trace, tasks }) =>
        tasks.length === 0
          ? [[name, state, null, null, firstLine(trace)]]
          : tasks.map((task) => [name, state, task.id, task.state, firstLine(task.trace ?? trace)]),
      ),
      'No connectors.',
    );
  });
}

function firstLine(trace: string | null): string | null {
  return trace?.split('\n')[0] ?? null;
}

async function restart(
  { api, output }: Invocation,
  { onlyFailed, dryRun }: RestartOptions,
  [name = '']: readonly string[],
): Promise<void> {
  const { content } = await api.ask(restartAnswerSchema, {
    method: 'POST',
    path: `/api/v1/connectors/${encodeURIComponent(name)}/restart`,
    query: { onlyFailed, dryRun },
  });
  output.result(content, () =>
    output.line(
      content.dryRun
        ? `${content.connector} would be restarted.`
        : `${content.connector} is being restarted.`,
    ),
  );
}
