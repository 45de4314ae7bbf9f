import { readdirSync } from 'node:fs';
import { join } from 'node:path';
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
  let help = '';
  const out = { write: (text: string) => (help += text) };
  await runCommandLine([...words, '--help'], {
    environment: {},
    workingDirectory: repositoryRoot,
    out,
    err: out,
  } as unknown as Parameters<typeof runCommandLine>[1]);
  return help;
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

const commands = [...new Set(pages.flatMap(commandsOf))];

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
