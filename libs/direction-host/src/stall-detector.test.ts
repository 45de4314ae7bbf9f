import { StallDetector } from './stall-detector.js';

const behind = (mark: string, seconds: number) => ({
  mark,
  behind: true,
  patienceMs: 15_000,
  nowMs: seconds * 1_000,
});

describe('a connector that stands still', () => {
  it('raises the alarm after its patience, and again after twice as long each time', () => {
    const detector = new StallDetector();
    const alarms = Array.from({ length: 120 }, (_unused, second) => second).filter((second) =>
      detector.observe(behind('same', second)),
    );
    expect(alarms).toEqual([15, 45, 105]);
  });

  it('is left alone while it moves, has nothing to read, or cannot be seen', () => {
    const detector = new StallDetector();
    const seen = [
      ...[0, 10, 20, 30].map((second) => detector.observe(behind(`mark ${second}`, second))),
      ...[40, 60].map((second) => detector.observe({ ...behind('mark 30', second), behind: false })),
    ];
    detector.reset();
    seen.push(detector.observe(behind('mark 30', 70)), detector.observe(behind('mark 30', 84)));
    expect(seen).not.toContain(true);
    expect(detector.observe(behind('mark 30', 85))).toBe(true);
  });

  it('keeps the longer patience where it could not be seen for a while and has not moved', () => {
    const detector = new StallDetector();
    const alarms = [0, 15, 20, 35, 49, 50].filter((second) => {
      if (second === 20) detector.reset();
      return detector.observe(behind('same', second));
    });
    expect(alarms).toEqual([15, 50]);
  });

  it('waits ten minutes at most', () => {
    const detector = new StallDetector();
    const patient = (seconds: number) => ({ ...behind('same', seconds), patienceMs: 400_000 });
    const alarms = [0, 399, 400, 999, 1_000, 1_600].filter((second) => detector.observe(patient(second)));
    expect(alarms).toEqual([400, 1_000, 1_600]);
  });

  it('counts from the first patience again once it has moved', () => {
    const detector = new StallDetector();
    const alarms = [0, 15, 20, 30, 35].filter((second) =>
      detector.observe(behind(second < 20 ? 'first' : 'second', second)),
    );
    expect(alarms).toEqual([15, 35]);
  });
});
