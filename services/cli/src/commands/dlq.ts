import { Command } from 'commander';
import { action, withCommonOptions, withPage, type Surroundings } from '../invocation.js';
import { readPositive } from '../read-options.js';
import { discardDeadLetters } from '../dead-letters/discard-dead-letters.js';
import { editDeadLetter } from '../dead-letters/edit-dead-letter.js';
import { listDeadLetters } from '../dead-letters/list-dead-letters.js';
import { replayDeadLetters } from '../dead-letters/replay-dead-letters.js';
import { showDeadLetter } from '../dead-letters/show-dead-letter.js';

const listExamples = `
Examples:
  rowbridge dlq list                                      what is open, the latest first
  rowbridge dlq list --error-code out_of_range --table posts
  rowbridge dlq list --status discarded --from 2026-11-01T00:00:00Z`;

const replayExamples = `
Examples:
  rowbridge dlq replay 0-17 --dry-run                     what would become of it; the service itself answers
  rowbridge dlq replay 0-17 2-3
  rowbridge dlq replay --error-code unknown_value_word --table users
  rowbridge dlq replay --all --yes --rate 500             everything open, at most 500 a second

Where the control API is down, dead letters named by id are replayed over Kafka itself, if KAFKA_BROKERS or the stack
that runs here names it. Others need --kafka: without the control API nobody knows which were discarded or are settled,
so those are replayed too. --yes --even-discarded confirms that.`;

/** `rowbridge dlq`: sees, replays and discards what could not be applied. */
export function dlqCommand(surroundings: Surroundings): Command {
  const dlq = new Command('dlq').description('see, replay and discard changes that could not be applied');
  dlq.addCommand(
    withKafka(withFilter(withPage(withCommonOptions(new Command('list')), 50)))
      .description('dead letters, the latest first')
      .addHelpText('after', listExamples)
      .action(action(surroundings, listDeadLetters)),
  );
  dlq.addCommand(
    withKafka(withCommonOptions(new Command('show')))
      .description('one dead letter, its row decoded; personal data is masked unless the token may unmask')
      .argument('<id>', 'as listed, such as 0-17')
      .action(action(surroundings, showDeadLetter)),
  );
  dlq.addCommand(
    withKafka(withFilter(withCommonOptions(new Command('replay'))))
      .description('take dead letters through the path again, in source order for each key')
      .argument('[ids...]', 'as listed; or use conditions, or --all')
      .option('--all', 'every open one')
      .option('--yes', 'confirm --all')
      .option(
        '--even-discarded',
        'with --kafka and not by id: confirm, with --yes, that discarded ones go too',
      )
      .option('--rate <count>', 'most records a second; not with --kafka', readPositive)
      .option('--dry-run', 'say what would become of each, and change nothing')
      .addHelpText('after', replayExamples)
      .action(action(surroundings, replayDeadLetters)),
  );
  dlq.addCommand(
    withFilter(withCommonOptions(new Command('discard')))
      .description('give dead letters up for good; the reason is kept')
      .argument('[ids...]', 'as listed; or use conditions')
      .requiredOption('--reason <text>', 'why; kept with each and in the audit log')
      .option('--dry-run', 'say how many it would be, and change nothing')
      .action(action(surroundings, discardDeadLetters)),
  );
  dlq.addCommand(
    withCommonOptions(new Command('edit'))
      .description('replay one dead letter with other values')
      .argument('<id>', 'as listed')
      .option('--set <column=value...>', "new values by the source's column names")
      .option('--set-null <column...>', 'columns to become null')
      .requiredOption('--reason <text>', 'why; kept in the audit log')
      .option('--dry-run', 'say what would become of it, and change nothing')
      .action(action(surroundings, editDeadLetter)),
  );
  return dlq;
}

function withFilter(command: Command): Command {
  return command
    .option('--status <status>', 'open, replayed, discarded or superseded')
    .option('--direction <name>', 'of one direction')
    .option('--table <name>', 'of one table')
    .option('--key <key>', 'of one row: its primary key')
    .option('--error-code <code>', 'of one kind of fault')
    .option('--from <instant>', 'first failed then or later, such as 2026-11-01T00:00:00Z')
    .option('--until <instant>', 'first failed before')
    .option('--text <text>', 'contained in the error message or the key');
}

function withKafka(command: Command): Command {
  return command
    .option('--kafka <brokers>', 'ask Kafka itself and not the control API; host:port joined by commas')
    .option('--topic <name>', 'dead letter topic there', 'sync.dlq');
}
