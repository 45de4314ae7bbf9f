import { deadLetterDetailSchema, type DeadLetterDetail } from '@rowbridge/control-protocol';
import type { Invocation } from '../invocation.js';
import type { Output } from '../output.js';
import { askApiOrKafka, type KafkaOptions } from './kafka-fallback.js';
import { showQueued } from './queue-commands.js';

/** Shows one dead letter with its row. */
export function showDeadLetter(
  invocation: Invocation,
  options: KafkaOptions,
  [id = '']: readonly string[],
): Promise<void> {
  return askApiOrKafka(invocation, options, {
    api: () => showIndexed(invocation, id),
    kafka: (source) => showQueued(invocation, id, source),
  });
}

async function showIndexed({ api, output }: Invocation, id: string): Promise<void> {
  const { content } = await api.ask(deadLetterDetailSchema, {
    path: `/api/v1/dlq/${encodeURIComponent(id)}`,
  });
  output.result(content, () => printDetail(output, content));
}

function printDetail(output: Output, letter: DeadLetterDetail): void {
  const { source, record } = letter;
  output.line(
    `${letter.id}: ${letter.status}, ${letter.direction}, table ${letter.table}, key ${letter.key ?? '-'}`,
  );
  output.line(`Error ${letter.errorCode} at ${letter.stage}, ${letter.attempts} attempts: ${letter.message}`);
  output.line(`What to do: ${letter.whatToDo}`);
  output.line(
    `First failed ${letter.firstFailedAt}, last ${letter.lastFailedAt}, ${letter.occurrences} times`,
  );
  output.line(`Source ${source.topic}[${source.partition}] offset ${source.offset}`);
  output.line(
    `Record ${record.topic}[${record.partition}] offset ${record.offset}, ${letter.sizeBytes} bytes`,
  );
  if (letter.settledAt !== null) {
    const { settledBy, outcome, reason } = letter;
    const end = reason ?? (outcome === null ? '' : `outcome ${outcome}`);
    output.line(`Settled ${letter.settledAt} by ${settledBy ?? '-'} ${end}`.trimEnd());
  }
  output.line('');
  const { payload } = letter;
  if (payload.state !== 'decoded') {
    output.line(`No row to show: ${payload.why}`);
    return;
  }
  const { operation, committedAt, before, after } = payload;
  output.line(`${operation}, committed ${committedAt}`);
  const columns = [...new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})])];
  const cell = (image: typeof before, column: string): string => {
    const value = image?.[column];
    if (value === undefined) return '-';
    return value.masked ? '(masked)' : (value.value ?? 'NULL');
  };
  output.table(
    ['COLUMN', 'BEFORE', 'AFTER'],
    columns.map((column) => [column, cell(before, column), cell(after, column)]),
    'No columns.',
  );
}
