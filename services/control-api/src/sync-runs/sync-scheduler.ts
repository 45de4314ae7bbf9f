import type { SyncRun, SyncSchedule, SyncScheduleChange } from '@rowbridge/control-protocol';
import type { StateValues } from '@rowbridge/control-store';
import type { Logger } from '@rowbridge/observability';
import { Cron } from 'croner';
import { RequestProblem } from '../http/request-problem.js';

/** The schedule as it is kept. */
interface StoredSchedule {
  readonly enabled: boolean;
  readonly cron: string;
  readonly timeZone: string;
  readonly lastAtMs: number | null;
  readonly lastOutcome: SyncSchedule['lastOutcome'];
}

export interface SyncScheduleOptions {
  readonly system: string;
  readonly state: StateValues;
  /** In force until somebody changes it. */
  readonly initial: { readonly enabled: boolean; readonly cron: string; readonly timeZone: string };
  /** Begins a fallback sync of everything. @throws RequestProblem when one cannot be begun */
  readonly trigger: () => Promise<SyncRun>;
  readonly isRunning: () => boolean;
  readonly logger: Logger;
  readonly now: () => number;
}

const beatMs = 1_000;

/**
 * Begins fallback syncs by a cron expression, never while a run is going on. What it is set to lies in the control
 * store. Times that pass while no process is up, or while it is switched off, are left out.
 */
export class SyncScheduler {
  readonly #options: SyncScheduleOptions;
  #schedule: StoredSchedule;
  #nextAtMs: number | null = null;
  #timer: NodeJS.Timeout | null = null;
  #firing: Promise<void> = Promise.resolve();

  constructor(options: SyncScheduleOptions) {
    this.#options = options;
    this.#schedule = { ...options.initial, lastAtMs: null, lastOutcome: null };
  }

  /** Called again, it changes nothing. @throws RowbridgeError `control_store_unavailable` */
  async start(): Promise<void> {
    if (this.#timer !== null) return;
    const stored = await this.#options.state.get(this.#key);
    if (stored !== null) this.#schedule = stored.content as StoredSchedule;
    this.#plan();
    this.#timer = setInterval(() => void this.beat(), beatMs).unref();
  }

  async stop(): Promise<void> {
    if (this.#timer !== null) clearInterval(this.#timer);
    await this.#firing;
  }

  shown(): SyncSchedule {
    const { enabled, cron, timeZone, lastAtMs, lastOutcome } = this.#schedule;
    return {
      enabled,
      cron,
      timeZone,
      nextAt: this.#nextAtMs === null ? null : new Date(this.#nextAtMs).toISOString(),
      lastAt: lastAtMs === null ? null : new Date(lastAtMs).toISOString(),
      lastOutcome,
    };
  }

  /**
   * Whatever it is set to can be switched off.
   * @throws RequestProblem `request_invalid` for an expression that is none or never comes true, or an unknown zone
   */
  async change(change: SyncScheduleChange): Promise<SyncSchedule> {
    const { enabled = this.#schedule.enabled, cron = this.#schedule.cron } = change;
    const { timeZone = this.#schedule.timeZone } = change;
    const isOnlySwitchedOff = !enabled && change.cron === undefined && change.timeZone === undefined;
    if (!isOnlySwitchedOff) nextTime({ cron, timeZone }, this.#options.now());
    await this.#keep({ ...this.#schedule, enabled, cron, timeZone });
    this.#plan();
    return this.shown();
  }

  /** Begins a run if one is due; called every second. */
  beat(): Promise<void> {
    const { now } = this.#options;
    if (this.#nextAtMs === null || now() < this.#nextAtMs) return this.#firing;
    this.#plan();
    this.#firing = this.#firing.then(() => this.#fire());
    return this.#firing;
  }

  get #key(): string {
    return `sync-schedule/${this.#options.system}`;
  }

  /** Never throws: what is kept may have no next time any more, and nobody waits here for a refusal. */
  #plan(): void {
    this.#nextAtMs = null;
    if (!this.#schedule.enabled) return;
    try {
      this.#nextAtMs = nextTime(this.#schedule, this.#options.now());
    } catch (error) {
      this.#options.logger.error(
        { err: error, operation: 'sync_schedule' },
        'The schedule has no next time: no sync run is begun until it is changed',
      );
    }
  }

  async #fire(): Promise<void> {
    const { isRunning, trigger, logger, now } = this.#options;
    let lastOutcome: SyncSchedule['lastOutcome'] = 'started';
    try {
      if (isRunning()) lastOutcome = 'skipped_running';
      else await trigger();
    } catch (error) {
      lastOutcome = isBusy(error) ? 'skipped_running' : 'failed';
      if (lastOutcome === 'failed') {
        logger.error({ err: error, operation: 'sync_schedule' }, 'The scheduled sync run could not be begun');
      }
    }
    await this.#keep({ ...this.#schedule, lastAtMs: now(), lastOutcome }).catch((error: unknown) =>
      logger.warn({ err: error, operation: 'sync_schedule' }, 'The schedule could not be kept'),
    );
  }

  async #keep(schedule: StoredSchedule): Promise<void> {
    await this.#options.state.put(this.#key, schedule);
    this.#schedule = schedule;
  }
}

function isBusy(error: unknown): boolean {
  return error instanceof RequestProblem && error.code === 'illegal_transition';
}

/** The first time after a moment at which the expression comes true, milliseconds since 1970. */
function nextTime({ cron, timeZone }: Pick<StoredSchedule, 'cron' | 'timeZone'>, afterMs: number): number {
  requireTimeZone(timeZone);
  // Croner takes any text with a colon for one moment in time, in every mode.
  if (cron.includes(':')) throw notCron();
  try {
    const cronOptions = { timezone: timeZone, paused: true, mode: '5-or-6-parts' } as const;
    const next = new Cron(cron, cronOptions).nextRun(new Date(afterMs));
    if (next !== null) return next.getTime();
  } catch {
    throw notCron();
  }
  throw refuse('/cron', 'never comes true');
}

function requireTimeZone(timeZone: string): void {
  try {
    new Intl.DateTimeFormat('en', { timeZone });
  } catch {
    throw refuse('/timeZone', 'is no IANA time zone');
  }
}

function notCron(): RequestProblem {
  return refuse('/cron', 'is no cron expression of five or six fields');
}

function refuse(pointer: string, detail: string): RequestProblem {
  return new RequestProblem('request_invalid', detail, { places: [{ in: 'body', pointer, detail }] });
}
