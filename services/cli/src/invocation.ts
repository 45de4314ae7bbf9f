import type { Command } from 'commander';
import { ApiClient } from './api-client.js';
import { findApi } from './find-api.js';
import { Output, type OutputStreams } from './output.js';
import { readPositive } from './read-options.js';

/** What the program was started with. */
export interface Surroundings extends OutputStreams {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly workingDirectory: string;
}

/** What a command works with. */
export interface Invocation extends Surroundings {
  readonly output: Output;
  readonly api: ApiClient;
}

interface GlobalOptions {
  readonly apiUrl?: string;
  readonly tokenFile?: string;
  readonly json?: boolean;
}

/** Adds what every command understands. */
export function withCommonOptions(command: Command): Command {
  return command
    .option('--api-url <url>', 'address of the control API')
    .option('--token-file <file>', 'file that holds the token for it')
    .option('--json', 'print the result as JSON');
}

/** Which page of a list a command shows. */
export interface PageOptions {
  readonly limit?: number;
  readonly cursor?: string;
}

/** Adds what every command understands that shows a list page by page. */
export function withPage(command: Command, shownAtMost: number): Command {
  return command
    .option('--limit <count>', 'most entries shown', readPositive, shownAtMost)
    .option('--cursor <cursor>', 'where the page before ended');
}

/** Reads the common options of a parsed command. */
export function invocationOf(command: Command, surroundings: Surroundings): Invocation {
  const { apiUrl, tokenFile, json } = command.optsWithGlobals<GlobalOptions>();
  return {
    ...surroundings,
    output: new Output(surroundings, json === true),
    api: new ApiClient(findApi({ ...surroundings, apiUrl, tokenFile })),
  };
}

/** Runs a command's work with what was given to it. */
export type Act<Options> = (
  invocation: Invocation,
  options: Options,
  names: readonly string[],
) => Promise<void>;

/** The action of a command, as commander calls it: positional arguments, options, the command. */
export function action<Options>(
  surroundings: Surroundings,
  act: Act<Options>,
): (...given: unknown[]) => Promise<void> {
  return async (...given) => {
    const command = given.at(-1) as Command;
    const names = given
      .slice(0, -2)
      .flat()
      .filter((name): name is string => typeof name === 'string');
    await act(invocationOf(command, surroundings), command.opts() as Options, names);
  };
}
