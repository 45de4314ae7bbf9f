import { topicsOfConnectors } from './connector-topics.js';

test('the topics of the connectors lie under the configured database and take records of 32 MB', () => {
  const topics = topicsOfConnectors('shop');
  expect(topics.map(({ topic }) => topic)).toContain('revamp.shop.revamp_posts');
  for (const { topic, configuration } of topics) {
    expect([topic, configuration?.['max.message.bytes']]).toEqual([topic, '33554432']);
  }
});
