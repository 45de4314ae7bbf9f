import type { ReplayReply } from '@rowbridge/control-protocol';
import { RowbridgeError } from '@rowbridge/errors';
import type { OutgoingRecord } from '@rowbridge/kafka';
import { createLogger } from '@rowbridge/observability';
import { createReplySink } from './reply-sink.js';

const answer: ReplayReply = {
  requestId: 'request',
  deadLetterId: 'letter',
  direction: 'legacy-to-revamp',
  dryRun: false,
  outcome: 'applied',
  fault: null,
  answeredAtMs: 1,
};

describe('answers to replays', () => {
  const logger = createLogger({ name: 'test', level: 'fatal', destination: { write: () => undefined } });

  it('are sent until the broker has them', async () => {
    const written: OutgoingRecord[] = [];
    let refusals = 3;
    const reply = createReplySink({
      producer: {
        send: (_topic, records) => {
          refusals -= 1;
          return refusals < 0
            ? Promise.resolve(void written.push(...records))
            : Promise.reject(new RowbridgeError('kafka_unreachable', 'gone'));
        },
      },
      clock: { now: () => 0, sleep: () => Promise.resolve() },
      logger,
    });
    await reply([answer]);
    expect(written.map(({ key }) => Buffer.from(key ?? '').toString())).toEqual(['request']);
    expect(JSON.parse(Buffer.from(written[0]?.value ?? '').toString())).toEqual(answer);
  });

  it('do not keep a draining direction', async () => {
    const reply = createReplySink({
      producer: { send: () => Promise.reject(new RowbridgeError('kafka_unreachable', 'gone')) },
      clock: { now: () => 0, sleep: () => Promise.reject(new RowbridgeError('shutting_down', 'drains')) },
      logger,
    });
    await expect(reply([answer])).rejects.toMatchObject({ code: 'shutting_down' });
  });

  it.each([
    ['a broker that stays away', new RowbridgeError('kafka_unreachable', 'gone'), 5],
    ['a topic that is gone', new RowbridgeError('topic_missing', 'no such topic'), 1],
    ['what nobody foresaw', new TypeError('broken'), 1],
  ])('are given up for %s: rows do not wait for them', async (_cause, error, attempts) => {
    let sent = 0;
    const reply = createReplySink({
      producer: {
        send: () => {
          sent += 1;
          return Promise.reject(error);
        },
      },
      clock: { now: () => 0, sleep: () => Promise.resolve() },
      logger,
    });
    await reply([answer]);
    expect(sent).toBe(attempts);
  });
});
