import type { Mistake } from './mistake.js';
import { createWorld, runHistory, type WorldOptions } from './two-sites.js';

const requested = Number(process.env['ROWBRIDGE_SIMULATION_HISTORIES'] ?? 100_000);
const firstSeed = Number(process.env['ROWBRIDGE_SIMULATION_SEED'] ?? 1);
const timeLimitMs = 120_000 + requested * 3;

const lastWriteWins: WorldOptions = {
  strategy: 'last_write_wins',
  deleteVersusUpdate: 'update_wins',
  timestamped: true,
  actingGuard: 'source_column',
  mistake: null,
};
const withoutTime: WorldOptions = { ...lastWriteWins, strategy: 'source_priority', timestamped: false };

interface Tally {
  readonly histories: number;
  readonly diverged: number;
  readonly stuck: number;
  readonly violated: number;
  /** What the first failing histories broke, each with its seed. */
  readonly failures: readonly string[];
}

function simulate(options: WorldOptions, limits: { histories: number; stopAfterFailures?: number }): Tally {
  const world = createWorld(options);
  const tally = { histories: 0, diverged: 0, stuck: 0, violated: 0, failures: [] as string[] };
  const startedAtMs = performance.now();
  for (let seed = firstSeed; seed < firstSeed + limits.histories; seed += 1) {
    const { diverged, stuck, violations } = runHistory(world, seed);
    tally.histories += 1;
    if (!diverged && !stuck && violations.length === 0) continue;
    tally.diverged += Number(diverged);
    tally.stuck += Number(stuck);
    tally.violated += Number(violations.length > 0);
    if (tally.failures.length < 10)
      tally.failures.push(JSON.stringify({ seed, diverged, stuck, violations }));
    if (tally.diverged + tally.stuck + tally.violated >= (limits.stopAfterFailures ?? Infinity)) break;
  }
  report(options, tally, (performance.now() - startedAtMs) / 1000);
  return tally;
}

function report(options: WorldOptions, tally: Tally, seconds: number): void {
  const { strategy, deleteVersusUpdate, timestamped, actingGuard, mistake } = options;
  const { histories, diverged, stuck, violated } = tally;
  const rate = Math.round(histories / seconds);
  process.stdout.write(
    `simulation ${[strategy, deleteVersusUpdate, timestamped ? 'timestamp' : 'no timestamp', actingGuard, mistake ?? 'as specified'].join(', ')}: ` +
      `${histories} histories, ${rate}/s, ${diverged} diverged, ${stuck} stuck, ${violated} broke I3, I4 or I5\n`,
  );
}

describe('two living sites under random histories', () => {
  it.each([
    { actingGuard: 'source_column', deleteVersusUpdate: 'update_wins' },
    { actingGuard: 'source_column', deleteVersusUpdate: 'delete_wins' },
    { actingGuard: 'log_origin', deleteVersusUpdate: 'update_wins' },
    { actingGuard: 'log_origin', deleteVersusUpdate: 'delete_wins' },
  ] as const)(
    'I3, I4, I5, I6 hold with a timestamp column, last write wins, guard $actingGuard and $deleteVersusUpdate',
    (variant) => {
      const tally = simulate({ ...lastWriteWins, ...variant }, { histories: Math.ceil(requested / 4) });
      expect(tally.failures).toEqual([]);
    },
    timeLimitMs,
  );

  it.each(['source_column', 'log_origin'] as const)(
    'I3, I4, I5, I6 hold when one side has priority, guard %s',
    (actingGuard) => {
      const tally = simulate(
        { ...lastWriteWins, strategy: 'source_priority', actingGuard },
        { histories: Math.ceil(requested / 20) },
      );
      expect(tally.failures).toEqual([]);
    },
    timeLimitMs,
  );

  it.each(['source_column', 'log_origin'] as const)(
    'without a timestamp column at most one history in 500 diverges and none is stuck, guard %s',
    (actingGuard) => {
      const tally = simulate({ ...withoutTime, actingGuard }, { histories: Math.ceil(requested / 10) });
      expect(tally.stuck).toBe(0);
      expect(tally.violated).toBe(0);
      expect(tally.diverged).toBeLessThanOrEqual(Math.max(2, tally.histories / 500));
    },
    timeLimitMs,
  );
});

describe('the simulation notices a wrong protocol', () => {
  it.each<[Mistake, WorldOptions, { fails: number; within: number }]>([
    ['resolve_in_fast_path', lastWriteWins, { fails: 5, within: 1_000 }],
    ['close_at_first_equality', lastWriteWins, { fails: 5, within: 8_000 }],
    ['keep_from_reverse', lastWriteWins, { fails: 5, within: 2_000 }],
    ['equal_after_image_settles', withoutTime, { fails: 20, within: 5_000 }],
    ['ignore_row_position', lastWriteWins, { fails: 3, within: 8_000 }],
    ['trust_own_link_only', lastWriteWins, { fails: 5, within: 1_000 }],
    ['natural_key_for_strangers_only', lastWriteWins, { fails: 3, within: 5_000 }],
    ['half_a_move', lastWriteWins, { fails: 3, within: 5_000 }],
    ['look_on_past_new_changes', lastWriteWins, { fails: 2, within: 20_000 }],
  ])(
    '%s makes histories diverge, get stuck or lose edits',
    (mistake, options, { fails, within }) => {
      const tally = simulate({ ...options, mistake }, { histories: within, stopAfterFailures: fails });
      expect(tally.diverged + tally.stuck + tally.violated).toBeGreaterThanOrEqual(fails);
    },
    timeLimitMs,
  );
});
