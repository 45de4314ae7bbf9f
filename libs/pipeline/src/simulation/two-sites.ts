import type { RowImage, RowKey } from '@rowbridge/change-event';
import type { TablePlan } from '@rowbridge/mapping';
import type { ActingGuard } from '../decisions/judge-echo.js';
import { contentOf, EditLedger } from './edit-ledger.js';
import { RandomSource } from './random-source.js';
import { SimulatedApplication } from './simulated-application.js';
import type { Mistake } from './mistake.js';
import { SimulatedDirection } from './simulated-direction.js';
import { simulatedPlans, words, type SimulatedPolicy } from './simulated-pair.js';
import { stepLook } from './simulated-second-look.js';
import { SimulatedSite, type LogEntry } from './simulated-site.js';

export interface WorldOptions extends SimulatedPolicy {
  readonly actingGuard: ActingGuard;
  readonly mistake: Mistake | null;
}

export interface HistoryResult {
  readonly diverged: boolean;
  /** Something was still under way after the bounded number of steps. */
  readonly stuck: boolean;
  /** Breaches of I3, I4 and I5, one sentence each. */
  readonly violations: readonly string[];
}

const emails = ['ada', 'bob', 'cyd'] as const;
const quiesceLimit = 400;

/**
 * Runs one random history of two sites and two directions, lets it come to rest and tells what holds. The same seed
 * and options give the same history.
 */
export function runHistory(world: World, seed: number): HistoryResult {
  const history = new History(world, new RandomSource(seed));
  return history.run();
}

export interface World {
  readonly options: WorldOptions;
  readonly plans: readonly [TablePlan, TablePlan];
}

export function createWorld(options: WorldOptions): World {
  return { options, plans: simulatedPlans(options) };
}

class History {
  private readonly ledger = new EditLedger();
  private readonly sites: readonly [SimulatedSite, SimulatedSite];
  private readonly directions: readonly [SimulatedDirection, SimulatedDirection];
  private readonly applications: readonly SimulatedApplication[];
  private readonly delivered: LogEntry[][] = [[], []];

  constructor(
    private readonly world: World,
    private readonly random: RandomSource,
  ) {
    const [forward, backward] = world.plans;
    this.sites = [this.site(forward, 0), this.site(backward, 1)];
    const [legacy, revamp] = this.sites;
    const { actingGuard, mistake } = world.options;
    this.directions = [
      new SimulatedDirection({
        plan: forward,
        reverseDirection: backward.direction,
        source: legacy,
        target: revamp,
        actingGuard,
        mistake,
      }),
      new SimulatedDirection({
        plan: backward,
        reverseDirection: forward.direction,
        source: revamp,
        target: legacy,
        actingGuard,
        mistake,
      }),
    ];
    this.directions[0].pairWith(this.directions[1]);
    this.directions[1].pairWith(this.directions[0]);
    this.applications = [this.application(forward, 0), this.application(backward, 1)];
  }

  run(): HistoryResult {
    this.begin();
    const steps = 15 + this.random.below(35);
    for (let step = 0; step < steps; step += 1) this.step();
    for (const application of this.applications) application.commitOpen();
    const stuck = !this.comeToRest();
    const diverged = emails.some((email) => this.contentAt(0, email) !== this.contentAt(1, email));
    const violations = this.directions.flatMap((direction) => direction.violations);
    const lost = this.world.options.timestamped && !stuck && !diverged ? this.ledger.lostEdits() : [];
    return { diverged, stuck, violations: [...violations, ...lost] };
  }

  /** Rows that were there before the connectors: read by both initial snapshots. */
  private begin(): void {
    const before = this.random.below(5);
    for (let count = 0; count < before; count += 1) this.random.pick(this.applications).edit();
    for (const [index, site] of this.sites.entries()) {
      if (site.open.length > 0) this.applications[index]?.commitOpen();
      if (this.random.chance(0.7)) site.queues.clear();
      for (const key of site.rows.keys()) site.snapshot(key, 'initial');
    }
  }

  private step(): void {
    const kind = this.random.next();
    const index = this.random.below(2) as 0 | 1;
    if (kind < 0.34) this.applications[index]?.edit();
    else if (kind < 0.64) this.consume(index, 1 + this.random.below(5));
    else if (kind < 0.88) this.look(index);
    else if (kind < 0.94) this.receive(index);
    else if (kind < 0.97) this.snapshot(index);
    else this.redeliver(index);
  }

  private consume(index: 0 | 1, limit: number): void {
    const site = this.sites[index];
    const heads = new Map<RowKey, number>();
    const batch: LogEntry[] = [];
    const keys = site.waitingKeys();
    while (batch.length < limit && keys.length > 0) {
      const key = this.random.pick(keys);
      const head = heads.get(key) ?? 0;
      const entry = site.queues.get(key)?.[head];
      if (!entry) break;
      heads.set(key, head + 1);
      batch.push(entry);
    }
    if (batch.length === 0 || !this.directions[index].consume(batch)) return;
    for (const [key, head] of heads) site.queues.get(key)?.splice(0, head);
    for (const entry of batch) if (!entry.redelivered) this.delivered[index]?.push(entry);
  }

  private look(index: 0 | 1): void {
    const direction = this.directions[index];
    const keys = [...direction.looks.keys()];
    if (keys.length === 0) return;
    const key = this.random.pick(keys);
    const look = direction.looks.get(key);
    if (look?.phase === 'drained' && this.random.chance(0.1)) look.phase = 'noted';
    else this.stepLook(index, key);
  }

  private stepLook(index: 0 | 1, key: RowKey): void {
    const loser = index === 0 ? 1 : 0;
    stepLook(this.directions[index], key, (email, row) => this.ledger.listed(loser, email, row));
  }

  private receive(index: 0 | 1): void {
    const direction = this.directions[index];
    const key = direction.inbox.shift();
    if (key !== undefined) direction.list(key, false, null);
  }

  private snapshot(index: 0 | 1): void {
    const site = this.sites[index];
    if (site.rows.size > 0) site.snapshot(this.random.pick([...site.rows.keys()]), 'incremental');
  }

  /** An earlier change comes again, its claim still known or purged. */
  private redeliver(index: 0 | 1): void {
    const earlier = this.delivered[index] ?? [];
    if (earlier.length === 0) return;
    const entry = this.random.pick(earlier);
    if (entry.event.operation === 'read') return;
    if (this.random.chance(0.5)) this.directions[index].claims.delete(entry.event.eventId);
    this.sites[index].redeliver(entry);
  }

  /** Everything drains, looks run to their end. False when that takes more than the bounded number of rounds. */
  private comeToRest(): boolean {
    for (let round = 0; round < quiesceLimit; round += 1) {
      let busy = false;
      for (const index of [0, 1] as const) {
        const direction = this.directions[index];
        busy ||=
          direction.looks.size > 0 ||
          direction.inbox.length > 0 ||
          this.sites[index].waitingKeys().length > 0;
        this.consume(index, 1 + this.random.below(8));
        this.receive(index);
        for (const key of [...direction.looks.keys()]) if (this.random.chance(0.7)) this.stepLook(index, key);
      }
      if (!busy) return true;
    }
    return false;
  }

  private contentAt(index: 0 | 1, email: string): string {
    const site = this.sites[index];
    return contentOf(site.rows.get(site.keyByEmail.get(email) ?? '') ?? null);
  }

  private site(plan: TablePlan, index: 0 | 1): SimulatedSite {
    const onRow = (email: string, row: RowImage | null): void => this.ledger.held(index, email, row);
    return new SimulatedSite({
      table: plan.source,
      timeColumn: plan.columns[2]?.source ?? '',
      dropsSyncWrites: this.world.options.actingGuard === 'log_origin',
      onRow,
    });
  }

  private application(plan: TablePlan, index: 0 | 1): SimulatedApplication {
    const { sites } = this;
    const own = this.directions[index];
    return new SimulatedApplication({
      site: this.sites[index],
      index,
      other: this.sites[index === 0 ? 1 : 0],
      random: this.random,
      ledger: this.ledger,
      columns: plan.columns.map((column) => column.source),
      words: words.map((word) =>
        plan.columns[1]?.words?.get(word) === undefined ? word.toUpperCase() : word,
      ),
      emails,
      clockOffset: this.random.below(7) - 3,
      hasTwin: (key) => sites[index === 0 ? 1 : 0].rows.has(own.twins.find(key, null).key ?? ''),
    });
  }
}
