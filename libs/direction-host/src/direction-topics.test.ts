import { ownTopicDeclarations } from './direction-topics.js';

describe('the topics directions share', () => {
  const declared = ownTopicDeclarations(['legacy-to-revamp', 'revamp-to-legacy'], 'sync.dlq');

  test('are named once each, with a replay topic a direction', () => {
    expect(declared.map(({ topic }) => topic)).toEqual([
      'sync.dlq',
      'rowbridge.second-looks',
      'rowbridge.status',
      'rowbridge.control',
      'rowbridge.config',
      'rowbridge.replies',
      'rowbridge.replay.legacy-to-revamp',
      'rowbridge.replay.revamp-to-legacy',
    ]);
  });

  test('take a dead letter as large as a row may be, and the same record again', () => {
    const large = declared.filter(({ configuration }) => configuration['max.message.bytes'] === '33554432');
    expect(large.map(({ topic }) => topic)).toEqual([
      'sync.dlq',
      'rowbridge.replay.legacy-to-revamp',
      'rowbridge.replay.revamp-to-legacy',
    ]);
  });

  test('never forget a dead letter', () => {
    expect(declared[0]?.configuration).toMatchObject({ 'retention.ms': '-1' });
  });
});
