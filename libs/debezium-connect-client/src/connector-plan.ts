import type { ConnectorConfiguration } from './connector-settings.js';
import { isSecretProperty, maskedSecret } from './secrets.js';

export interface PropertyChange {
  readonly property: string;
  /** Null where the property is new. */
  readonly from: string | null;
  /** Null where the property goes. */
  readonly to: string | null;
}

/** What applying a configuration would do. Values of secret properties are masked on both sides. */
export interface ConnectorPlan {
  readonly action: 'create' | 'update' | 'none';
  readonly added: readonly PropertyChange[];
  readonly changed: readonly PropertyChange[];
  readonly removed: readonly PropertyChange[];
}

/**
 * Compares two configurations, property by property, in alphabetical order.
 * @param running null when the connector does not exist
 */
export function planChanges(
  running: ConnectorConfiguration | null,
  desired: ConnectorConfiguration,
): ConnectorPlan {
  // Kafka Connect adds the connector's name to what it stores.
  const before = withoutName(running ?? {});
  const after = withoutName(desired);
  const changes = [...new Set([...Object.keys(before), ...Object.keys(after)])]
    .sort()
    .filter((property) => before[property] !== after[property])
    .map((property) => ({
      property,
      from: shown(property, before[property]),
      to: shown(property, after[property]),
    }));
  return {
    action: running === null ? 'create' : changes.length > 0 ? 'update' : 'none',
    added: changes.filter(({ from }) => from === null),
    changed: changes.filter(({ from, to }) => from !== null && to !== null),
    removed: changes.filter(({ to }) => to === null),
  };
}

function withoutName(configuration: ConnectorConfiguration): ConnectorConfiguration {
  return Object.fromEntries(Object.entries(configuration).filter(([property]) => property !== 'name'));
}

function shown(property: string, value: string | undefined): string | null {
  if (value === undefined) return null;
  return isSecretProperty(property) ? maskedSecret : value;
}
