import type { RuntimeSettings } from '@rowbridge/control-protocol';
import type { CompactedView } from '../state/compacted-view.js';

/**
 * The latest settings of each direction: those read from their topic, or those this process has sent and not read back
 * yet. Reading may lag by any time, and a change that was acknowledged must not be overlooked by the next one.
 */
export class LatestSettings {
  private readonly sent = new Map<string, RuntimeSettings>();

  constructor(private readonly view: Pick<CompactedView<RuntimeSettings>, 'entries'>) {}

  /** Undefined where nothing was ever changed at run time. */
  of(direction: string): RuntimeSettings | undefined {
    const read = this.view.entries.get(direction);
    const sent = this.sent.get(direction);
    if (sent !== undefined && sent.version > (read?.version ?? 0)) return sent;
    this.sent.delete(direction);
    return read;
  }

  /** To be told once Kafka has acknowledged them. */
  noteSent(settings: RuntimeSettings): void {
    this.sent.set(settings.direction, settings);
  }
}
