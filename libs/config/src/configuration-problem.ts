import { RowbridgeError } from '@rowbridge/errors';

/** One reason why a configuration is refused. */
export interface ConfigurationProblem {
  /** `rowbridge.yaml:12:5`, or `environment variable DB_LEGACY_PORT`. */
  readonly location: string;
  /** Key path such as `kafka.brokers`; empty where the problem concerns the file as a whole. */
  readonly path: string;
  /** What is wrong, what was found and what is allowed; secrets masked. */
  readonly text: string;
}

/** All problems of one configuration as one error, one per line. */
export function refuseConfiguration(problems: readonly ConfigurationProblem[]): RowbridgeError {
  const lines = problems.map(
    ({ location, path, text }) => `  ${location}: ${path === '' ? '' : `${path}: `}${text}`,
  );
  return new RowbridgeError('invalid_configuration', `The configuration is refused:\n${lines.join('\n')}`, {
    whatToDo: 'Correct what is named above, then start again.',
  });
}
