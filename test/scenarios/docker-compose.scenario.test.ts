import { waitFor } from '@rowbridge/testing';
import { runCommand } from '../deploy/deploy-folder.js';
import { describeUnless } from '../deploy/skip-where-missing.js';

/** Why the compose file cannot be run here; undefined when a Docker engine with Compose answers. */
function dockerMissingBecause(): string | undefined {
  const engine = runCommand('docker', ['version', '--format', '{{.Server.Version}}']);
  if (engine.status !== 0) return 'no Docker engine answers';
  return runCommand('docker', ['compose', 'version']).status === 0 ? undefined : 'this Docker has no Compose';
}

const project = `rowbridge-test-${process.pid}`;

/** Runs `docker compose` on the file as it stands, in a project of its own, without the development override. */
function compose(...composeArguments: string[]): { status: number | null; output: string } {
  return runCommand('docker', [
    'compose',
    '--project-name',
    project,
    '--file',
    'docker-compose.yml',
    ...composeArguments,
  ]);
}

describeUnless(dockerMissingBecause(), 'the compose file on a real Docker engine', () => {
  afterAll(() => {
    compose('down', '--volumes', '--remove-orphans');
  });

  test('is taken by Compose, with every profile', () => {
    const { status, output } = compose(
      '--profile',
      'prometheus',
      '--profile',
      'grafana',
      'config',
      '--quiet',
    );
    expect([status, output]).toEqual([0, '']);
  });

  test('builds, comes up healthy, and rows cross both ways', async () => {
    const built = compose('build');
    expect([built.status, built.output.slice(-2_000)]).toEqual([0, expect.any(String)]);
    const { output: sizes } = runCommand('docker', [
      'image',
      'ls',
      '--filter',
      'reference=rowbridge/*',
      '--format',
      '{{.Repository}}:{{.Tag}} {{.Size}}',
    ]);
    process.stdout.write(`Image sizes:\n${sizes}`);
    const started = compose('up', '--detach', '--wait', '--wait-timeout', '420');
    expect([started.status, started.output.slice(-2_000)]).toEqual([0, expect.any(String)]);

    const postgres = (statement: string) =>
      compose('exec', '-T', 'postgres', 'psql', '-U', 'postgres', '-d', 'legacy_db', '-Atc', statement);
    const mysql = (statement: string) =>
      compose(
        'exec',
        '-T',
        'mysql',
        'bash',
        '-c',
        `MYSQL_PWD=$(cat /secrets/mysql-admin-password) mysql -uroot revamp_db -Ne "${statement}"`,
      );
    postgres("insert into legacy_users (username, email) values ('one', 'one@example.test')");
    mysql(
      "insert into revamp_users (user_name, email_address, account_status) values ('two', 'two@example.test', 'ACTIVE')",
    );
    await waitFor(
      () =>
        postgres('select email from legacy_users').output.includes('two@example.test') &&
        mysql('select email_address from revamp_users').output.includes('one@example.test'),
      { what: 'rows to cross both ways', deadlineMs: 120_000, intervalMs: 1_000 },
    );
  });

  test('runs our own services as no root and without a way to write', () => {
    for (const service of ['legacy-to-revamp', 'revamp-to-legacy', 'control-api']) {
      expect(compose('exec', '-T', service, 'id', '-u').output.trim()).toBe('10001');
      expect(compose('exec', '-T', service, 'touch', '/app/file').status).not.toBe(0);
    }
  });
});
