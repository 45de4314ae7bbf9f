import { legacyCapture, revampCapture } from '@rowbridge/connectors';
import { legacyRevamp } from '@rowbridge/pair-legacy-revamp';
import { runControlApi } from './run-control-api.js';

await runControlApi({
  pair: legacyRevamp,
  connectorBySide: new Map([
    ['legacy', legacyCapture.topicPrefix],
    ['revamp', revampCapture.topicPrefix],
  ]),
});
