import { createHash } from 'node:crypto';
import { configurationKeys, directionConfigurationSchema, type ConfigurationKey } from '@rowbridge/config';
import {
  runtimeSettingKeys,
  type ConfigurationKeyView,
  type ConfigurationOrigin,
  type ConfigurationView,
  type RuntimeSettings,
} from '@rowbridge/control-protocol';
import type { DirectionView } from '../state/direction-board.js';

const keyByPath: ReadonlyMap<string, ConfigurationKey> = new Map(
  configurationKeys(directionConfigurationSchema).map((key) => [key.path.join('.'), key]),
);
const changeablePaths: ReadonlySet<string> = new Set(runtimeSettingKeys);

export type DirectionConfigurationView = ConfigurationView['directions'][number];

/**
 * A direction's configuration in force: what its freshest instance says it was started with, and over that what was
 * changed at run time.
 */
export function viewConfiguration(
  { direction, instances }: DirectionView,
  settings: RuntimeSettings | undefined,
): DirectionConfigurationView {
  const version = settings?.version ?? 0;
  const origins = instances[0]?.status.configuration ?? [];
  return {
    direction,
    version,
    inForce: instances.filter(({ lost }) => !lost).every(({ status }) => status.settingsVersion === version),
    keys: origins.map((origin) => viewKey(origin, settings)),
  };
}

function viewKey(origin: ConfigurationOrigin, settings: RuntimeSettings | undefined): ConfigurationKeyView {
  const { path, value, from, where } = origin;
  const key = keyByPath.get(path);
  const changed = (settings?.values as Readonly<Record<string, string | number>> | undefined)?.[path];
  return {
    path,
    ...(settings && changed !== undefined
      ? {
          value: changed,
          from: 'runtime',
          where: `${settings.actor} at ${new Date(settings.changedAtMs).toISOString()}`,
        }
      : { value, from, where }),
    otherwise: value,
    changeable: changeablePaths.has(path),
    secret: key?.secret ?? false,
    allowed: key?.allowed ?? '',
    description: key?.description ?? '',
  };
}

/** Differs where anything an operator could have decided on differs: values, where they come from, versions. */
export function configurationTag(directions: readonly DirectionConfigurationView[]): string {
  const decidedOn = directions.map(({ direction, version, keys }) => [
    direction,
    version,
    keys.map(({ path, value, from }) => [path, value, from]),
  ]);
  return `"${createHash('sha256').update(JSON.stringify(decidedOn)).digest('base64url').slice(0, 22)}"`;
}
