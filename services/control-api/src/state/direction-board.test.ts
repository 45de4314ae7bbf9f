import type { DirectionStatus } from '@rowbridge/control-protocol';
import { DirectionBoard } from './direction-board.js';

const direction = 'legacy-to-revamp';

function report(
  instance: string,
  reportedAtMs: number,
  state: DirectionStatus['state'] = 'running',
): DirectionStatus {
  return {
    direction,
    instance,
    url: 'http://127.0.0.1:8091',
    startedAtMs: 0,
    reportedAtMs,
    state,
    stopReason: null,
    lastError: null,
    lagSeconds: 0,
    tables: [],
    assignment: [],
    settingsVersion: 0,
  };
}

function boardAt(startMs: number) {
  const reports = new Map<string, DirectionStatus>();
  const clock = { nowMs: startMs };
  const board = new DirectionBoard(reports, () => clock.nowMs);
  const take = (status: DirectionStatus): void => {
    reports.set(`${direction}/${status.instance}`, status);
    board.look();
  };
  return { reports, clock, board, take };
}

describe('the board of directions', () => {
  test('shows what a direction says of itself, and unknown where none ever said anything', () => {
    const { board, take, clock } = boardAt(1_000);
    expect(board.view(direction)).toMatchObject({ state: 'unknown', silentForMs: null, instances: [] });
    take(report('one', clock.nowMs, 'degraded'));
    expect(board.view(direction)).toMatchObject({ state: 'degraded', silentForMs: 0 });
  });

  test('shows a direction as lost within 5 s of its last report, and as back with the next', () => {
    const { board, take, clock } = boardAt(1_000);
    take(report('one', clock.nowMs));
    clock.nowMs += 3_900;
    expect(board.view(direction).state).toBe('running');
    clock.nowMs += 1_000;
    expect(board.view(direction)).toMatchObject({ state: 'lost', silentForMs: 4_900 });
    take(report('one', clock.nowMs));
    expect(board.view(direction).state).toBe('running');
  });

  test('measures silence by its own clock, whatever the clock of the service says', () => {
    const { board, take, clock } = boardAt(1_000_000);
    take(report('ahead', clock.nowMs + 3_600_000));
    clock.nowMs += 1_000;
    take(report('ahead', clock.nowMs + 3_600_000));
    clock.nowMs += 4_500;
    expect(board.view(direction).state).toBe('lost');
  });

  test('shows an old report that the topic still holds as lost at once', () => {
    const { board, take, clock } = boardAt(1_000_000);
    take(report('killed', clock.nowMs - 60_000));
    expect(board.view(direction)).toMatchObject({ state: 'lost', silentForMs: 60_000 });
  });

  test('shows the worst of several instances, names the lost one, and forgets it after a minute', () => {
    const { board, take, clock } = boardAt(1_000_000);
    take(report('killed', clock.nowMs));
    clock.nowMs += 10_000;
    take(report('new', clock.nowMs));
    take(report('other', clock.nowMs, 'stopped'));
    const view = board.view(direction);
    expect(view.state).toBe('stopped');
    expect(view.instances.find(({ lost }) => lost)?.status.instance).toBe('killed');
    clock.nowMs += 55_000;
    take(report('new', clock.nowMs));
    expect(board.view(direction).instances.map(({ status }) => status.instance)).toEqual(['new', 'other']);
  });

  test('no longer shows an instance that ended in peace', () => {
    const { board, take, clock, reports } = boardAt(1_000);
    take(report('one', clock.nowMs));
    reports.clear();
    expect(board.view(direction).state).toBe('unknown');
  });
});
