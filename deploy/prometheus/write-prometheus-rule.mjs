/**
 * Writes the rules of this folder as the PrometheusRule of the Kubernetes monitoring component, so that they are kept
 * in one place: node deploy/prometheus/write-prometheus-rule.mjs. A test fails when the two differ.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';

const rulesFolder = join(import.meta.dirname, 'rules');
const groups = ['recording.rules.yml', 'alerting.rules.yml'].flatMap(
  (name) => parse(readFileSync(join(rulesFolder, name), 'utf8')).groups,
);
const resource = {
  apiVersion: 'monitoring.coreos.com/v1',
  kind: 'PrometheusRule',
  metadata: { name: 'rowbridge', labels: { 'app.kubernetes.io/name': 'rowbridge' } },
  spec: { groups },
};
const target = join(import.meta.dirname, '../kubernetes/components/monitoring/prometheus-rule.yaml');
const head =
  '# Written by deploy/prometheus/write-prometheus-rule.mjs from deploy/prometheus/rules; change those.\n';
writeFileSync(target, head + stringify(resource, { lineWidth: 0, singleQuote: true }));
