import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { deployFolder, readRepositoryFile, readYaml } from './deploy-folder.js';

interface RuleFile {
  readonly groups: readonly {
    readonly name: string;
    readonly rules: readonly {
      readonly record?: string;
      readonly alert?: string;
      readonly expr: string;
      readonly labels?: Readonly<Record<string, string>>;
      readonly annotations?: Readonly<Record<string, string>>;
    }[];
  }[];
}

export type Rule = RuleFile['groups'][number]['rules'][number];

/** Every rule of deploy/prometheus/rules. */
export function allRules(): readonly Rule[] {
  return readdirSync(join(deployFolder, 'prometheus/rules')).flatMap((name) =>
    readYaml<RuleFile>(`deploy/prometheus/rules/${name}`).groups.flatMap(({ rules }) => rules),
  );
}

export interface Panel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly datasource: { readonly uid: string };
  readonly targets: readonly { readonly expr: string; readonly datasource: { readonly uid: string } }[];
}

export interface Dashboard {
  readonly uid: string;
  readonly title: string;
  readonly panels: readonly Panel[];
  readonly templating: { readonly list: readonly { readonly name: string; readonly definition: string }[] };
}

/** Every dashboard of deploy/grafana. */
export function allDashboards(): readonly Dashboard[] {
  return readdirSync(join(deployFolder, 'grafana/dashboards')).map(
    (name) => JSON.parse(readRepositoryFile(`deploy/grafana/dashboards/${name}`)) as Dashboard,
  );
}

/** The queries of a dashboard with its variables filled in, as Prometheus gets them. */
export function queriesOf(dashboard: Dashboard): readonly string[] {
  const expressions = dashboard.panels.flatMap(({ targets }) => targets.map(({ expr }) => expr));
  return expressions.map((expression) =>
    expression
      .replaceAll('$__rate_interval', '1m')
      .replaceAll(/\$(?:direction|table|group|connector)\b/g, '.+'),
  );
}

const words = new Set(['and', 'or', 'unless', 'by', 'without', 'on', 'ignoring', 'bool', 'offset']);

/** The metrics a query reads, without labels, functions and words of the language. */
export function metricsOf(expression: string): readonly string[] {
  const bare = expression
    .replaceAll(/"(?:[^"\\]|\\.)*"/g, '')
    .replaceAll(/\{[^}]*\}/g, '')
    .replaceAll(/\[[^\]]*\]/g, '')
    .replaceAll(/\b(?:by|without|on|ignoring|group_left|group_right)\s*\([^)]*\)/g, '');
  const names = [...bare.matchAll(/(?<![\w.])([a-zA-Z_:][\w:]*)\b(?!\s*\()/g)].flatMap(
    ([, name]) => name ?? [],
  );
  return [...new Set(names)].filter((name) => !words.has(name));
}

/**
 * Metrics the specification names and no service exports yet. Rules may stand ready for them; whoever exports one
 * takes it from this list.
 */
export const awaitedMetrics: readonly string[] = [];
