/** One sample of Prometheus' text format. */
export interface MetricSample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

const sampleLine = /^([A-Za-z_:][\w:]*)(?:\{(.*)\})?\s+(\S+)(?:\s+\d+)?$/;
const labelPair = /([A-Za-z_]\w*)="((?:[^"\\]|\\.)*)"/g;

/** Reads what a service's `/metrics` answers. Comments and empty lines are passed over. */
export function parseMetrics(text: string): readonly MetricSample[] {
  return text.split('\n').flatMap((line): MetricSample[] => {
    const match = line.startsWith('#') ? null : sampleLine.exec(line.trim());
    if (!match) return [];
    const [, name = '', labelText = '', valueText = ''] = match;
    const labels: Record<string, string> = {};
    for (const [, label = '', value = ''] of labelText.matchAll(labelPair)) {
      labels[label] = value.replaceAll(/\\(.)/g, (_escape, character: string) =>
        character === 'n' ? '\n' : character,
      );
    }
    return [{ name, labels, value: metricValue(valueText) }];
  });
}

function metricValue(text: string): number {
  if (text === '+Inf') return Infinity;
  return text === '-Inf' ? -Infinity : Number(text);
}
