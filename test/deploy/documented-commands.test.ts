import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { runCommandLine } from '@rowbridge/cli';
import { readRepositoryFile, repositoryRoot } from './deploy-folder.js';

const pages = [
  'README.md',
  ...readdirSync(join(repositoryRoot, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
];

/** Every `npx rowbridge …` of a page, as words: names, values and options. */
function commandsOf(page: string): readonly string[] {
  return [...readRepositoryFile(page).matchAll(/npx rowbridge ([^`\n#|&;)]+)/g)].flatMap(([, command]) =>
    command === undefined ? [] : command.trim(),
  );
}

/** What `--help` says of a command. */
async function helpOf(words: readonly string[]): Promise<string> {
  const out = new PassThrough({ encoding: 'utf8' });
  await runCommandLine([...words, '--help'], {
    environment: {},
    workingDirectory: repositoryRoot,
    out,
    err: out,
  } as unknown as Parameters<typeof runCommandLine>[1]);
  return String(out.read() ?? '');
}

/** What of a command as it is written the command line does not have; nothing where it has all of it. */
async function faultsOf(command: string): Promise<readonly string[]> {
  const words = command.split(/\s+/);
  const firstOption = words.findIndex((word) => word.startsWith('-'));
  const names = words
    .slice(0, firstOption === -1 ? undefined : firstOption)
    .filter((word) => /^[a-z-]+$/.test(word));
  const help = await helpOf(names);
  const usage = /^Usage: rowbridge (.*)$/m.exec(help)?.[1] ?? '';
  const path = usage.split(' ').filter((word) => /^[a-z-]+$/.test(word));
  const options = words.filter((word) => word.startsWith('--') && word !== '--help');
  return [
    ...(path.every((word, index) => word === names[index]) && !usage.includes('[command]') ? [] : [usage]),
    ...(names.length > path.length && !/[<[](?!options|command)/.test(usage) ? names.slice(path.length) : []),
    ...options.filter((option) => !help.includes(option)),
  ];
}

const commands = [...new Set(pages.flatMap(commandsOf))].filter((command) => command !== '<TAB>');

test('the pages name commands', () => {
  expect(commands.length).toBeGreaterThan(20);
});

test.each(commands)('the command line has: %s', async (command) => {
  expect(await faultsOf(command)).toEqual([]);
});

test.each(['connectors rebuild', 'stat', 'dlq list --oldest', 'status now'])(
  'and would be found not to have: %s',
  async (command) => {
    expect(await faultsOf(command)).not.toEqual([]);
  },
);

/** Nothing listens there. */
const nowhere = 'http://127.0.0.1:1';

/** Exit code of a command as it is written, where no control API and no Kafka answers. */
async function exitCodeOf(command: string, workingDirectory: string): Promise<number> {
  const words = command.split(/\s+/).map((word) => word.replace(/^<.+>$/, '0-17'));
  return runCommandLine(words, {
    environment: { ROWBRIDGE_API_URL: nowhere },
    workingDirectory,
    out: new PassThrough().resume(),
    err: new PassThrough().resume(),
  } as unknown as Parameters<typeof runCommandLine>[1]);
}

describe('commands that ask the control API', () => {
  // The others read a declaration from the environment, or need nobody.
  const asking = commands.filter((command) => /^(?:status|lag|dlq|sync|conflicts|audit) ?/.test(command));
  let elsewhere: string;

  // A running stack of this folder would be asked.
  beforeAll(() => (elsewhere = mkdtempSync(join(tmpdir(), 'rowbridge-commands-'))));
  afterAll(() => rmSync(elsewhere, { recursive: true }));

  test.each(asking)('have all they need to ask it: %s', async (command) => {
    expect(await exitCodeOf(command, elsewhere)).toBe(3);
  });

  test.each(['dlq replay --dry-run', 'dlq discard <id>', 'sync trigger --reset'])(
    'and would be found to lack something: %s',
    async (command) => {
      expect(await exitCodeOf(command, elsewhere)).toBe(2);
    },
  );
});
