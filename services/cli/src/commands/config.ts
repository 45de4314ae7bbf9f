import {
  connectorsConfigurationSchema,
  connectorsEnvironmentNames,
  controlApiConfigurationSchema,
  controlApiEnvironmentNames,
  directionConfigurationSchema,
  directionEnvironmentNames,
  loadConfiguration,
} from '@rowbridge/config';
import { configurationAnswerSchema, configurationSchema } from '@rowbridge/control-protocol';
import { deriveDirectionPlan } from '@rowbridge/mapping';
import { legacyRevamp } from '@rowbridge/pair-legacy-revamp';
import { Command, Option } from 'commander';
import { CommandError } from '../command-error.js';
import { action, withCommonOptions, type Invocation, type Surroundings } from '../invocation.js';

interface ShowOptions {
  readonly direction?: string;
  readonly changed?: boolean;
}

interface SetOptions {
  readonly direction: string;
  readonly dryRun?: boolean;
}

interface ValidateOptions {
  readonly for: string;
}

const sides = ['legacy', 'revamp'] as const;

const directions = legacyRevamp.sides.map(({ name }) => deriveDirectionPlan(legacyRevamp, name));

const validateHelp = `
Environment variables count as they do for the service itself, so a file may leave out what they give.

Examples:
  rowbridge config validate direction.yaml --for legacy-to-revamp
  rowbridge config validate --for control-api          the environment alone`;

const setHelp = `
Examples:
  rowbridge config set batch.maxRows=200 logLevel=debug --direction legacy-to-revamp --dry-run
  rowbridge config set batch.maxRows= --direction legacy-to-revamp     what file and environment say again`;

/** `rowbridge config`: checks configurations before a service is started with them. */
export function configCommand(surroundings: Surroundings): Command {
  const config = new Command('config').description('check configurations, and see those in force');
  config.addCommand(
    withCommonOptions(new Command('validate'))
      .description(
        'check a configuration as its service would; exit 2 with every fault, its place and what is allowed',
      )
      .argument('[file]', 'YAML file; the environment alone without')
      .addOption(
        new Option('--for <service>', 'whose configuration it is')
          .choices([...directions.map(({ name }) => name), 'control-api', 'connectors'])
          .makeOptionMandatory(),
      )
      .addHelpText('after', validateHelp)
      .action(action<ValidateOptions>(surroundings, validate)),
  );
  config.addCommand(
    withCommonOptions(new Command('show'))
      .description('every key in force, where it comes from and what is allowed; secrets are masked')
      .option('--direction <name>', 'of one direction')
      .option('--changed', 'only what is not the default')
      .action(action<ShowOptions>(surroundings, show)),
  );
  config.addCommand(
    withCommonOptions(new Command('set'))
      .description('change keys of a running direction; the others are named as needing a restart')
      .argument('<key=value...>', 'such as batch.maxRows=200; key= takes a change back')
      .requiredOption('--direction <name>', 'whose keys they are')
      .option('--dry-run', 'say what would change, and change nothing')
      .addHelpText('after', setHelp)
      .action(action<SetOptions>(surroundings, set)),
  );
  return config;
}

async function show({ api, output }: Invocation, { direction, changed }: ShowOptions): Promise<void> {
  const { content } = await api.ask(configurationSchema, { path: '/api/v1/config' });
  const shown = content.directions.filter(
    (entry) => direction === undefined || entry.direction === direction,
  );
  if (direction !== undefined && shown.length === 0)
    throw new CommandError(`there is no direction ${direction}`, 2);
  output.result({ directions: shown }, () =>
    output.table(
      ['DIRECTION', 'KEY', 'VALUE', 'FROM', 'WHERE', 'AT RUN TIME'],
      shown.flatMap((entry) =>
        entry.keys
          .filter(({ from }) => changed !== true || from !== 'default')
          .map((key) => [
            entry.direction,
            key.path,
            printed(key.value),
            key.from,
            key.where,
            key.changeable ? 'yes' : 'restart',
          ]),
      ),
      'No direction reports.',
    ),
  );
}

async function set(
  { api, output }: Invocation,
  { direction, dryRun }: SetOptions,
  assignments: readonly string[],
): Promise<void> {
  // What is changed is what was seen: a change by somebody else in between is refused.
  const { headers } = await api.ask(configurationSchema, { path: '/api/v1/config' });
  const { content } = await api.ask(configurationAnswerSchema, {
    method: 'PUT',
    path: '/api/v1/config',
    query: { dryRun },
    headers: { 'if-match': headers.get('etag') ?? '' },
    body: { directions: { [direction]: Object.fromEntries(assignments.map(assignment)) } },
  });
  output.result(content, () => {
    for (const { path, before, after } of content.changed) {
      output.line(`${path}: ${printed(before)} -> ${printed(after)}`);
    }
    for (const { path, how } of content.needsRestart) output.line(`${path} needs a restart: ${how}`);
    if (content.changed.length + content.needsRestart.length === 0) output.line('Nothing changes.');
    if (content.dryRun) output.line('Nothing was changed.');
  });
}

function assignment(text: string): [string, string | number | null] {
  const at = text.indexOf('=');
  if (at < 1) throw new CommandError(`write key=value, not ${JSON.stringify(text)}`, 2);
  const value = text.slice(at + 1);
  if (value === '') return [text.slice(0, at), null];
  return [text.slice(0, at), /^-?\d+(\.\d+)?$/.test(value) ? Number(value) : value];
}

function printed(value: unknown): string {
  return typeof value === 'string' ? value : value === null ? '-' : JSON.stringify(value);
}

async function validate(
  { output, environment }: Invocation,
  { for: service }: ValidateOptions,
  [file]: readonly string[],
): Promise<void> {
  await Promise.resolve(load(service, file, environment));
  output.result({ service, file: file ?? null, valid: true }, () =>
    output.line(`${file ?? 'The environment'} is a valid configuration of ${service}.`),
  );
}

/** @throws RowbridgeError `invalid_configuration` naming every fault */
function load(
  service: string,
  file: string | undefined,
  environment: Readonly<Record<string, string | undefined>>,
): unknown {
  if (service === 'control-api') {
    const schema = controlApiConfigurationSchema(sides);
    return loadConfiguration({
      schema,
      file,
      environment,
      environmentNames: controlApiEnvironmentNames(sides),
    });
  }
  if (service === 'connectors') {
    const schema = connectorsConfigurationSchema(sides);
    return loadConfiguration({
      schema,
      file,
      environment,
      environmentNames: connectorsEnvironmentNames(sides),
    });
  }
  const plan = directions.find(({ name }) => name === service);
  if (!plan) throw new RangeError(`no service ${service}`);
  return loadConfiguration({
    schema: directionConfigurationSchema,
    file,
    environment: { ROWBRIDGE_DIRECTION: service, ...environment },
    environmentNames: directionEnvironmentNames({ source: plan.source.name, target: plan.target.name }),
  });
}
