import { Argument, Command } from 'commander';
import { action, type Surroundings } from '../invocation.js';

const shells = ['bash', 'zsh', 'fish'] as const;

const examples = `
Examples:
  source <(npx rowbridge completion bash)                  for this shell
  npx rowbridge completion bash >> ~/.bashrc               for all that follow
  npx rowbridge completion zsh > ~/.zfunc/_rowbridge       with ~/.zfunc in fpath
  npx rowbridge completion fish > ~/.config/fish/completions/rowbridge.fish

bash completes "npx rowbridge" in the folder of the project, unless npx has a completion of its own, and "rowbridge" where
that is on the PATH. zsh and fish complete "rowbridge" alone: put node_modules/.bin of the project on the PATH.`;

/** `rowbridge completion`: prints what teaches a shell to complete this command line. */
export function completionCommand(surroundings: Surroundings): Command {
  return new Command('completion')
    .description('print the completion script of a shell')
    .addArgument(new Argument('<shell>', 'which shell').choices([...shells]))
    .addHelpText('after', examples)
    .action(
      action(surroundings, async ({ output }, _options, [shell]) => {
        await Promise.resolve(output.line(scripts[shell as (typeof shells)[number]]));
      }),
    );
}

/** `rowbridge complete`: what the scripts ask; the words typed so far, the last one unfinished. */
export function completeCommand(surroundings: Surroundings): Command {
  return new Command('complete')
    .argument('[words...]')
    .allowUnknownOption()
    .action(function complete(this: Command, words: string[]) {
      if (this.parent)
        for (const word of completions(this.parent, words)) surroundings.out.write(`${word}\n`);
    });
}

/**
 * Commands, choices and options that may follow.
 * @param words what was typed after the program's name; the last is unfinished and may be empty
 */
export function completions(program: Command, words: readonly string[]): readonly string[] {
  const typed = words.at(-1) ?? '';
  let command = program;
  for (const word of words.slice(0, -1)) {
    command = command.commands.find((candidate) => candidate.name() === word) ?? command;
  }
  const previous = words.at(-2);
  const valued = command.options.find(
    (option) => option.long === previous && option.argChoices !== undefined,
  );
  const choices = valued?.argChoices ?? [
    ...command.commands.map((candidate) => candidate.name()).filter((name) => name !== 'complete'),
    ...command.registeredArguments.flatMap((argument) => argument.argChoices ?? []),
    ...command.options.flatMap((option) => option.long ?? []),
  ];
  // Options are offered once they are begun: a command has many, and most words are names.
  return choices.filter((choice) => choice.startsWith(typed) && (typed !== '' || !choice.startsWith('-')));
}

/** Where npx finds no rowbridge it would look for a package of that name to install: `--no` and `--offline` forbid it. */
const scripts: Readonly<Record<(typeof shells)[number], string>> = {
  bash: `_rowbridge() {
  local IFS=$'\\n'
  COMPREPLY=($(rowbridge complete -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null))
}
_rowbridge_by_npx() {
  [[ "\${COMP_WORDS[1]}" == rowbridge && $COMP_CWORD -gt 1 ]] || return
  local IFS=$'\\n'
  COMPREPLY=($(npx --no --offline rowbridge complete -- "\${COMP_WORDS[@]:2:COMP_CWORD-1}" 2>/dev/null))
}
complete -o default -F _rowbridge rowbridge
complete -p npx >/dev/null 2>&1 || complete -o default -F _rowbridge_by_npx npx`,
  zsh: `#compdef rowbridge
_rowbridge() {
  local -a candidates
  candidates=("\${(@f)$(rowbridge complete -- "\${(@)words[2,CURRENT]}" 2>/dev/null)}")
  compadd -a candidates
}
compdef _rowbridge rowbridge`,
  fish: `complete -c rowbridge -f -a '(rowbridge complete -- (commandline -opc)[2..-1] (commandline -ct) 2>/dev/null)'`,
};
