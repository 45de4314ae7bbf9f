import { binlogPosition } from '@rowbridge/change-event';
import { formatStamp, parseStamp } from './sync-stamp.js';

const position = binlogPosition(2, { file: 'binlog.000012', position: 4711n, row: 3 });

it('a stamp reads back as it was written', () => {
  const stamp = { direction: 'legacy-to-revamp', position, content: 'abc' };
  expect(parseStamp(formatStamp(stamp))).toEqual(stamp);
});

it('a stamp begins with sync_service, so that a plain filter can find it', () => {
  expect(formatStamp({ direction: 'legacy-to-revamp', position, content: 'abc' })).toMatch(
    /^sync_service\/legacy-to-revamp\//,
  );
});

it.each([
  null,
  undefined,
  '',
  'sync_service',
  'sync_service/legacy-to-revamp/1',
  'sync_service/way/1/content/more',
  'batch_job/way/1/content',
])('I5: %p is not a stamp', (text) => {
  expect(parseStamp(text)).toBeNull();
});
