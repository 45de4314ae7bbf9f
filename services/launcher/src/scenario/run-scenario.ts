import { randomBytes } from 'node:crypto';
import { bookkeepingColumn } from './bookkeeping-column.js';
import { concurrentEdits } from './concurrent-edits.js';
import { everydayChanges } from './everyday-changes.js';
import { familyDeletion } from './family-deletion.js';
import { keyChange } from './key-change.js';
import { openLegacySite } from './legacy-site.js';
import { ordinaryTraffic } from './ordinary-traffic.js';
import { openRevampSite } from './revamp-site.js';
import { sameEmail } from './same-email.js';
import type { SiteName } from './site.js';
import { Stage } from './stage.js';
import { swappedEmails } from './swapped-emails.js';

const chapters: readonly { readonly name: string; readonly play: (stage: Stage) => Promise<void> }[] = [
  { name: 'users, posts and likes come, change and go', play: everydayChanges },
  { name: 'sync_source is left alone, and written back old', play: bookkeepingColumn },
  { name: 'users leave with all their posts and likes', play: familyDeletion },
  { name: 'one e-mail is registered at both sites at once', play: sameEmail },
  { name: 'a primary key changes', play: keyChange },
  { name: 'two users swap their e-mails', play: swappedEmails },
  { name: 'one row is edited at both sites at once', play: concurrentEdits },
  { name: 'ordinary traffic', play: ordinaryTraffic },
];

export interface ScenarioOptions {
  /** Complete urls of the two applications' own users. */
  readonly legacyUrl: string;
  readonly revampUrl: string;
  /** How long one change may take to be seen at the other site. Default 60,000. */
  readonly deadlineMs?: number;
  readonly abortSignal?: AbortSignal | undefined;
  /** Told as each chapter ends. */
  readonly onChapter?: (chapter: ChapterOutcome) => void;
}

export interface ChapterOutcome {
  readonly name: string;
  readonly seconds: number;
  /** What was waited for in vain; null when everything came. No row values. */
  readonly failure: string | null;
}

export interface ScenarioOutcome {
  readonly token: string;
  readonly ok: boolean;
  readonly chapters: readonly ChapterOutcome[];
  /** Row changes each site's application made: what must cross, once. */
  readonly rowChanges: Readonly<Record<SiteName, number>>;
}

/**
 * Acts as the two applications: everything a pair must survive, at both sites while both directions run. A chapter that
 * fails is reported and the others still play. Can be run any number of times over the same data.
 */
export async function runScenario(options: ScenarioOptions): Promise<ScenarioOutcome> {
  const token = `${Date.now().toString(36)}${randomBytes(3).toString('hex')}`;
  const legacy = openLegacySite(options.legacyUrl);
  const revamp = openRevampSite(options.revampUrl);
  const { deadlineMs = 60_000, abortSignal } = options;
  const stage = new Stage({ legacy, revamp, token, deadlineMs, abortSignal });
  const outcomes: ChapterOutcome[] = [];
  try {
    for (const { name, play } of chapters) {
      const startedAt = performance.now();
      const failure = await play(stage).then(
        () => null,
        (error: unknown) => (error instanceof Error ? error.message : String(error)),
      );
      abortSignal?.throwIfAborted();
      const outcome = { name, seconds: (performance.now() - startedAt) / 1_000, failure };
      outcomes.push(outcome);
      options.onChapter?.(outcome);
    }
    return {
      token,
      ok: outcomes.every((outcome) => outcome.failure === null),
      chapters: outcomes,
      rowChanges: { legacy: legacy.rowChanges(), revamp: revamp.rowChanges() },
    };
  } finally {
    await Promise.all([legacy.close(), revamp.close()]);
  }
}
