import { readCommandLine } from './command-line.js';
import { LaunchError } from './launch-error.js';

function refusal(...commandArguments: string[]): LaunchError {
  try {
    readCommandLine(commandArguments);
  } catch (failure) {
    if (failure instanceof LaunchError) return failure;
    throw failure;
  }
  throw new Error('was not refused');
}

describe('the command line of npm start', () => {
  test('starts legacy-revamp with MariaDB and stays up unless told otherwise', () => {
    expect(readCommandLine([])).toEqual({
      system: 'legacy-revamp',
      mysqlFlavor: 'mariadb',
      once: false,
      json: false,
      fresh: false,
      docker: false,
    });
  });

  test('takes every option of the embedded engines together', () => {
    expect(
      readCommandLine(['--system', 'legacy-revamp', '--mysql', 'mysql8', '--once', '--json', '--fresh']),
    ).toMatchObject({ system: 'legacy-revamp', mysqlFlavor: 'mysql8', once: true, json: true, fresh: true });
  });

  test('takes --docker alone or with --fresh', () => {
    expect(readCommandLine(['--docker'])).toMatchObject({ docker: true, fresh: false });
    expect(readCommandLine(['--docker', '--fresh'])).toMatchObject({ docker: true, fresh: true });
  });

  test.each([
    ['a system that does not exist yet', ['--system', 'magento'], /"magento".*Available: legacy-revamp/],
    [
      'a report of a run in Docker',
      ['--docker', '--once', '--json'],
      /until Ctrl-C: leave out --once, --json/,
    ],
    ['another MySQL in Docker', ['--docker', '--mysql', 'mariadb'], /with MySQL 8\.4.*leave out --mysql/],
    ['an unknown MySQL flavor', ['--mysql', 'oracle'], /mariadb, mysql8/],
    ['an unknown option', ['--gaurd'], /unknown option '--gaurd'.*--help/],
    ['an argument that means nothing', ['legacy-revamp'], /too many arguments/],
    ['a report in JSON of a run that does not end', ['--json'], /together with --once/],
  ])('refuses %s with exit 2 and what to do', (_case, commandArguments, message) => {
    const failure = refusal(...commandArguments);
    expect(failure.exitCode).toBe(2);
    expect(failure.message).toMatch(message);
  });

  test('prints help with examples and exit codes, and starts nothing', () => {
    const write = jest.spyOn(process.stdout, 'write').mockReturnValue(true);
    expect(readCommandLine(['--help'])).toBeNull();
    const printed = write.mock.calls.map(([text]) => String(text)).join('');
    expect(printed).toContain('npm start -- --once --json');
    expect(printed).toContain('Exit codes:');
  });
});
