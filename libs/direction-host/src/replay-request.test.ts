import type { RawRecord } from '@rowbridge/change-event';
import { replayHeaders } from '@rowbridge/control-protocol';
import type { DirectionPlan } from '@rowbridge/mapping';
import { readReplayRequest, type ReadRequest } from './replay-request.js';

const topic = 'left.public.people';
const plan = {
  name: 'left-to-right',
  tables: [{ entity: 'people', topic, source: { key: ['id'], keyTypes: ['int64'] } }],
} as unknown as DirectionPlan;

const asked: Readonly<Record<string, string>> = {
  [replayHeaders.requestId]: 'request',
  [replayHeaders.deadLetterId]: '0-17',
  [replayHeaders.mode]: 'apply',
  [replayHeaders.topic]: topic,
  [replayHeaders.partition]: '2',
  [replayHeaders.offset]: '9007199254740993',
};

function read(changed: Readonly<Record<string, string>> = {}, key = '{"id":1}'): ReadRequest {
  const told = Object.entries({ ...asked, ...changed });
  const carrier: RawRecord = {
    topic: 'rowbridge.replay.left-to-right',
    partition: 0,
    offset: 5n,
    timestampMs: 0,
    key: Buffer.from(key),
    value: Buffer.from('value'),
    headers: [
      { name: 'own', value: Buffer.from('kept') },
      ...told.map(([name, text]) => ({ name, value: Buffer.from(text) })),
    ],
  };
  return readReplayRequest(carrier, plan);
}

const ofLook = { [replayHeaders.offset]: '-1' };

describe('readReplayRequest', () => {
  it('takes a record for what it was where it lay first, with its own headers alone', () => {
    expect(read()).toMatchObject({
      kind: 'change',
      table: { entity: 'people' },
      request: {
        requestId: 'request',
        deadLetterId: '0-17',
        rehearse: false,
        carrier: { offset: 5n },
        original: { topic, partition: 2, offset: 9007199254740993n, value: Buffer.from('value') },
      },
    });
    const { request } = read();
    expect('original' in request && request.original.headers).toEqual([
      { name: 'own', value: Buffer.from('kept') },
    ]);
  });

  it('rehearses where that is asked for', () => {
    expect(read({ [replayHeaders.mode]: 'dry_run' })).toMatchObject({ request: { rehearse: true } });
  });

  it.each([replayHeaders.requestId, replayHeaders.deadLetterId])(
    'has nobody to answer without %s',
    (name) => {
      expect(read({ [name]: '' }).kind).toBe('stranger');
    },
  );

  it.each([
    ['a mode nobody knows', { [replayHeaders.mode]: 'perhaps' }, 'request_invalid'],
    ['no mode', { [replayHeaders.mode]: '' }, 'request_invalid'],
    ['a partition that is no number', { [replayHeaders.partition]: '1.5' }, 'request_invalid'],
    ['no offset', { [replayHeaders.offset]: '' }, 'request_invalid'],
    ['a topic that is not mapped', { [replayHeaders.topic]: 'left.public.gone' }, 'table_not_mapped'],
  ])('refuses %s', (_what, changed, code) => {
    expect(read(changed)).toMatchObject({ kind: 'refused', error: { code } });
  });

  it('takes the letter of a second look by the key of its row', () => {
    expect(read(ofLook, '{"key":"17"}')).toMatchObject({ kind: 'look', key: '17' });
  });

  it.each(['{"key":"017"}', '{"key":"one"}', '{"key":17}', '{}', 'no JSON', 'null'])(
    'refuses the letter of a second look whose key is %s',
    (key) => {
      expect(read(ofLook, key)).toMatchObject({ kind: 'refused', error: { code: 'request_invalid' } });
    },
  );
});
