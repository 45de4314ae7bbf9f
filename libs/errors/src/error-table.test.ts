import { errorTable, exitCodeFor, httpStatusFor, isErrorCode } from './error-table.js';

describe('the error table', () => {
  test('names every entry by its own code, in snake_case', () => {
    for (const [code, entry] of Object.entries(errorTable)) {
      expect(entry.code).toBe(code);
      expect(code).toMatch(/^[a-z]+(_[a-z]+)*$/);
    }
  });

  test('says of each code what it means and what to do, as a sentence of one line', () => {
    for (const { description, whatToDo } of Object.values(errorTable)) {
      for (const sentence of [description, whatToDo]) expect(sentence).toMatch(/^[A-Z][^\n]{15,}\.$/);
    }
  });

  test('never dead-letters a fault of the system', () => {
    const systemFaults = [
      'connection_lost',
      'disk_full',
      'read_only',
      'registry_unreachable',
      'origin_busy',
    ] as const;
    for (const code of systemFaults) expect(errorTable[code].disposition).toBe('pause_partition');
  });

  test('stops, rather than loses a record, when the dead letter queue cannot be written', () => {
    expect(errorTable.dead_letter_queue_unwritable).toMatchObject({
      disposition: 'stop',
      severity: 'critical',
    });
  });

  test.each([
    ['invalid_configuration', 2],
    ['table_without_primary_key', 2],
    ['wrong_password', 3],
    ['connection_lost', 3],
    ['prerequisite_missing', 3],
    ['source_position_regressed', 1],
    ['breaker_open', 1],
  ] as const)('ends a process by %s with exit code %i', (code, exitCode) => {
    expect(exitCodeFor(code)).toBe(exitCode);
  });

  test.each([
    ['request_invalid', 400],
    ['too_many_requests', 429],
    ['kafka_unreachable', 503],
    ['connection_lost', 503],
    ['internal_error', 500],
  ] as const)('answers a request that meets %s with HTTP status %i', (code, status) => {
    expect(httpStatusFor(code)).toBe(status);
  });

  test('gives every refused request a status of its own below 500', () => {
    for (const { disposition, code } of Object.values(errorTable)) {
      if (disposition !== 'refuse_request') continue;
      expect(httpStatusFor(code)).toBeGreaterThanOrEqual(400);
      expect(httpStatusFor(code)).toBeLessThan(500);
    }
  });

  test('knows its own codes from other words, inherited names included', () => {
    expect(isErrorCode('deadlock')).toBe(true);
    expect(isErrorCode('toString')).toBe(false);
    expect(isErrorCode('dead_lock')).toBe(false);
  });
});
