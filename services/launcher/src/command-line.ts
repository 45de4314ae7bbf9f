import { Command, CommanderError, Option } from 'commander';
import { LaunchError } from './launch-error.js';

export type MysqlFlavor = 'mariadb' | 'mysql8';

export interface LaunchOptions {
  readonly system: 'legacy-revamp';
  readonly mysqlFlavor: MysqlFlavor;
  /** Run the scenario, report, stop. */
  readonly once: boolean;
  /** Print the report as one JSON object on stdout; everything else goes to stderr. */
  readonly json: boolean;
  /** Wipe what earlier runs left. */
  readonly fresh: boolean;
  /** Run docker-compose.yml instead of the embedded engines. */
  readonly docker: boolean;
}

const availableSystems = ['legacy-revamp'] as const;

const examples = `
Examples:
  npm start                            start everything, show rows crossing, stay up until Ctrl-C
  npm start -- --once                  run the scenario once, print a report; exit 0 when all is equal, 1 when not
  npm start -- --once --json           the same, as one JSON object on stdout
  npm start -- --mysql mysql8 --fresh  with MySQL 8 instead of MariaDB, over an empty data directory
  npm start -- --docker                the same system from docker-compose.yml, in containers

Exit codes:
  0 done   1 failed   2 bad usage   3 something needed is missing or unreachable   130 Ctrl-C   143 terminated

Environment:
  ROWBRIDGE_DATA   data directory instead of .rowbridge/data/<system>-<mysql flavor>
  ROWBRIDGE_CACHE  where downloaded engines are kept
  JAVA_HOME        a JDK 21 or newer, when none is found on PATH or in the usual folders`;

/**
 * Reads the arguments after the program's name.
 * @returns null when help was asked for and has been printed
 * @throws LaunchError exit 2 with what was wrong and what is available
 */
export function readCommandLine(commandArguments: readonly string[]): LaunchOptions | null {
  const command = new Command('npm start --')
    .description(
      'Starts a whole system on this machine and shows rows crossing between two living databases.',
    )
    .option('--system <name>', `what to start: ${availableSystems.join(', ')}`, 'legacy-revamp')
    .addOption(
      new Option('--mysql <flavor>', 'engine of the MySQL side')
        .choices(['mariadb', 'mysql8'])
        .default('mariadb'),
    )
    .option('--once', 'run the scenario, print a report, stop everything', false)
    .option('--json', 'with --once: print the report as one JSON object', false)
    .option('--fresh', 'wipe the data of earlier runs first', false)
    .option(
      '--docker',
      'run docker-compose.yml instead of the embedded engines; alone or with --fresh',
      false,
    )
    .addHelpText('after', examples)
    .exitOverride()
    .configureOutput({ writeErr: () => undefined })
    .allowExcessArguments(false);
  try {
    command.parse([...commandArguments], { from: 'user' });
  } catch (failure) {
    if (!(failure instanceof CommanderError)) throw failure;
    if (failure.exitCode === 0) return null;
    throw new LaunchError(`${failure.message.replace(/^error: /, '')}. See npm start -- --help.`, 2);
  }
  const given = command.opts<GivenOptions>();
  if (given.docker) refuseBesideDocker(command);
  return checkedOptions(given);
}

/** What the compose file decides cannot be asked for beside it. @throws LaunchError exit 2 */
function refuseBesideDocker(command: Command): void {
  const refused = ['mysql', 'once', 'json'].filter((name) => command.getOptionValueSource(name) === 'cli');
  if (refused.length === 0) return;
  throw new LaunchError(
    `--docker runs docker-compose.yml, with MySQL 8.4, until Ctrl-C: leave out ${refused
      .map((name) => `--${name}`)
      .join(', ')}.`,
    2,
  );
}

interface GivenOptions {
  readonly system: string;
  readonly mysql: MysqlFlavor;
  readonly once: boolean;
  readonly json: boolean;
  readonly fresh: boolean;
  readonly docker: boolean;
}

function checkedOptions(given: GivenOptions): LaunchOptions {
  const system = availableSystems.find((name) => name === given.system);
  if (system === undefined) {
    throw new LaunchError(
      `There is no system "${given.system}" to start. Available: ${availableSystems.join(', ')}.`,
      2,
    );
  }
  if (given.json && !given.once) {
    throw new LaunchError('--json prints the report of one run: give it together with --once.', 2);
  }
  const { mysql: mysqlFlavor, once, json, fresh, docker } = given;
  return { system, mysqlFlavor, once, json, fresh, docker };
}
