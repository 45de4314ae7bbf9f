import { RowbridgeError } from '@rowbridge/errors';
import { createLogger, withTrace } from './logger.js';
import type { Logger } from 'pino';

const canary = 'ada.lovelace@example.org';

function capture(level: 'debug' | 'warn' = 'debug'): {
  logger: Logger;
  lines: () => Record<string, unknown>[];
  text: () => string;
} {
  const written: string[] = [];
  const destination = { write: (line: string) => void written.push(line) };
  return {
    logger: createLogger({ name: 'probe', level, bindings: { direction: 'legacy-to-revamp' }, destination }),
    lines: () => written.map((line) => JSON.parse(line) as Record<string, unknown>),
    text: () => written.join(''),
  };
}

describe('a log line', () => {
  test('is JSON with its level in words, an ISO time, and the direction', () => {
    const { logger, lines } = capture();
    logger.info({ table: 'users', rows: 3 }, 'Batch committed');
    expect(lines()).toEqual([
      expect.objectContaining({
        level: 'info',
        name: 'probe',
        direction: 'legacy-to-revamp',
        table: 'users',
        rows: 3,
        msg: 'Batch committed',
        time: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/) as string,
      }),
    ]);
  });

  test('is left out below the configured level', () => {
    const { logger, lines } = capture('warn');
    logger.info('unseen');
    logger.warn('seen');
    expect(lines().map((line) => line['msg'])).toEqual(['seen']);
  });

  test('carries the trace of a valid traceparent, across what is awaited', async () => {
    const { logger, lines } = capture();
    await withTrace('00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01', async () => {
      await Promise.resolve();
      logger.info('inside');
    });
    expect(lines()[0]).toMatchObject({ traceId: '0af7651916cd43dd8448eb211c80319c' });
  });

  test.each([null, 'nonsense', '00-0AF7-b7ad6b7169203331-01'])(
    'starts a trace of its own for traceparent %s',
    (header) => {
      const { logger, lines } = capture();
      withTrace(header, () => logger.info('first'));
      withTrace(header, () => logger.info('second'));
      logger.info('outside');
      const traces = lines().map((line) => line['traceId']);
      expect(traces[0]).toMatch(/^[0-9a-f]{32}$/);
      expect(traces[1]).toMatch(/^[0-9a-f]{32}$/);
      expect(traces[0]).not.toBe(traces[1]);
      expect(traces[2]).toBeUndefined();
    },
  );

  test('hides fields that could hold a secret or a row, also one level down', () => {
    const { logger, text } = capture();
    logger.info(
      { password: canary, source: { password: canary }, payload: { email: canary }, after: canary },
      'careless',
    );
    expect(text()).not.toContain(canary);
    expect(text()).toContain('[redacted]');
  });

  test("shows an error's code and details but nothing a database quotes, in causes neither", () => {
    const { logger, text, lines } = capture();
    const fromServer = Object.assign(new Error(`Duplicate entry '\n    at ${canary}' for key 'email'`), {
      sqlState: '23000',
      code: 'ER_DUP_ENTRY',
      sql: `INSERT INTO users VALUES ('${canary}')`,
    });
    const error = new RowbridgeError('unique_value_held', 'writing failed', {
      details: { table: 'users', offset: 9n },
      cause: new Error('the batch failed', { cause: fromServer }),
    });
    logger.error({ err: error }, error.message);
    logger.error(fromServer);
    logger.error({ err: fromServer });
    logger.error(fromServer, 'writing failed');
    expect(text()).not.toContain(canary);
    expect(lines()[0]).toMatchObject({
      err: {
        type: 'RowbridgeError',
        code: 'unique_value_held',
        details: { table: 'users', offset: 9 },
        cause: { message: 'the batch failed', cause: { code: 'ER_DUP_ENTRY' } },
      },
    });
  });

  test('leaves out what parsing and converting quote', () => {
    const { logger, text, lines } = capture();
    for (const provoke of [() => JSON.parse(`{"email": ${canary}`) as unknown, () => BigInt(canary)]) {
      try {
        provoke();
      } catch (cause) {
        logger.error({ err: new RowbridgeError('internal_error', 'unforeseen', { cause }) }, 'stopped');
      }
    }
    expect(text()).not.toContain(canary);
    expect(lines().map(({ err }) => (err as { cause: { type: string } }).cause.type)).toEqual([
      'SyntaxError',
      'SyntaxError',
    ]);
  });
});
