import type { RawRecord } from '@rowbridge/change-event';
import { withRuntimeSettings, type DirectionConfiguration } from '@rowbridge/config';
import { runtimeSettingsSchema } from '@rowbridge/control-protocol';
import { RowbridgeError } from '@rowbridge/errors';
import type { Logger } from '@rowbridge/observability';

export interface RuntimeConfigurationOptions {
  readonly direction: string;
  /** From file and environment. */
  readonly configuration: DirectionConfiguration;
  readonly logger: Pick<Logger, 'info' | 'warn'>;
}

/**
 * The configuration in force: file and environment, and over them what was changed while the direction runs. The topic
 * holds the whole of it, so reading it from the beginning tells what holds now, also after a restart.
 */
export class RuntimeConfiguration {
  private inForce: DirectionConfiguration;
  private changed: (configuration: DirectionConfiguration) => void = () => undefined;
  /** Version of the settings in force; 0 without any. */
  version = 0;

  constructor(private readonly options: RuntimeConfigurationOptions) {
    this.inForce = options.configuration;
  }

  /** Read it anew at each use: it changes. */
  get current(): DirectionConfiguration {
    return this.inForce;
  }

  /** @param changed called at once, and after each change, with what is in force then */
  onChange(changed: (configuration: DirectionConfiguration) => void): void {
    this.changed = changed;
    changed(this.inForce);
  }

  /** Takes a record of `rowbridge.config`; what is invalid is refused, and the old values stay. Never throws. */
  take({ key, value }: RawRecord): void {
    const { direction, configuration, logger } = this.options;
    if (key === null || Buffer.from(key).toString() !== direction) return;
    try {
      const settings = value === null ? null : readSettings(value, direction);
      this.inForce = settings ? withRuntimeSettings(configuration, settings.values) : configuration;
      this.version = settings?.version ?? 0;
      logger.info({ version: this.version, operation: 'settings' }, 'Settings changed at run time');
      this.changed(this.inForce);
    } catch (error) {
      const why = error instanceof RowbridgeError ? error.problem : 'they do not have the form of settings';
      logger.warn(
        { operation: 'settings', errorCode: 'invalid_configuration' },
        `Settings changed at run time are refused, those before stay in force: ${why}`,
      );
    }
  }
}

function readSettings(
  value: Uint8Array,
  direction: string,
): { readonly version: number; readonly values: Readonly<Record<string, string | number>> } {
  const settings = runtimeSettingsSchema.parse(JSON.parse(Buffer.from(value).toString()));
  if (settings.direction !== direction) throw new TypeError('settings of another direction');
  return settings;
}
