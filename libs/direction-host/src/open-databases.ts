import type { DirectionConfiguration } from '@rowbridge/config';
import {
  createMysqlSource,
  createPostgresSource,
  poolSettingsOf,
  readServerFacts,
  requireRights,
  type PoolSettings,
  type ServerFacts,
  type SourceConnection,
  type TargetAdministration,
} from '@rowbridge/database-access';
import { RowbridgeError } from '@rowbridge/errors';
import type { DirectionPlan } from '@rowbridge/mapping';
import type { ActingGuard, TargetDatabase } from '@rowbridge/pipeline';
import { createMysqlTarget } from '@rowbridge/writer-mysql';
import { createPostgresTarget } from '@rowbridge/writer-postgres';
import { sourceRights, targetRights } from './needed-rights.js';

export interface OpenDatabases {
  readonly source: SourceConnection;
  readonly target: TargetDatabase & TargetAdministration;
  readonly guards: ResolvedGuards;
}

/** Which guard acts on each side, and how this direction's writes are marked. */
export interface ResolvedGuards {
  /** Decides for the source's live events. */
  readonly actingGuard: ActingGuard;
  /** This direction's writes carry a log origin. */
  readonly targetLogOrigin: boolean;
  readonly stamping: { readonly writes: boolean; readonly deletes: boolean };
}

/**
 * Connects to both sides. Tables that do not fit are held; whether the direction may start with them is asked later.
 * @throws RowbridgeError: `wrong_password`, missing rights and configuration faults at once; connection faults worth
 *   another try
 */
export async function openDatabases(
  configuration: DirectionConfiguration,
  plan: DirectionPlan,
): Promise<OpenDatabases> {
  const sourcePool = poolSettings(configuration, 'source');
  const targetPool = poolSettings(configuration, 'target');
  const misfits = 'hold';
  const facts = { source: await readServerFacts(sourcePool), target: await readServerFacts(targetPool) };
  const guards = resolveGuards(configuration, facts);
  await requireRights(sourcePool, sourceRights(plan));
  await requireRights(targetPool, targetRights(plan));
  const openSource = plan.source.engineFamily === 'postgres' ? createPostgresSource : createMysqlSource;
  const source = await openSource({ pool: sourcePool, plan, epoch: configuration.source.epoch, misfits });
  try {
    const openTarget = plan.target.engineFamily === 'postgres' ? createPostgresTarget : createMysqlTarget;
    const target = await openTarget({
      pool: targetPool,
      plan,
      epoch: configuration.target.epoch,
      logOrigin: guards.targetLogOrigin,
      ledgerRetentionHours: configuration.ledger.retentionHours,
      lookDeadlineMs: configuration.secondLook.stuckAfterMs,
      misfits,
    });
    return { source, target, guards };
  } catch (error) {
    await source.close();
    throw error;
  }
}

function poolSettings(configuration: DirectionConfiguration, side: 'source' | 'target'): PoolSettings {
  const { pools } = configuration;
  return {
    ...poolSettingsOf(configuration[side], side),
    maxOpen: pools.maxOpen,
    maxIdle: pools.maxIdle,
    lifetimeSeconds: Math.ceil(pools.lifetimeMs / 1000),
  };
}

/**
 * Log origin where the server has it, the source column where not, unless configured otherwise.
 * @throws RowbridgeError `invalid_configuration` where no guard is left, or one is asked for that the server lacks
 */
export function resolveGuards(
  { guards, source, target }: Pick<DirectionConfiguration, 'guards' | 'source' | 'target'>,
  facts: { readonly source: ServerFacts; readonly target: ServerFacts },
): ResolvedGuards {
  const logOriginOn = (side: 'source' | 'target'): boolean => {
    if (guards.logOrigin === 'on' && !facts[side].hasLogOrigin) {
      throw new RowbridgeError(
        'invalid_configuration',
        'The server has no log origin to guard against loops with',
        {
          details: {
            key: 'guards.logOrigin',
            engine: side === 'source' ? source.engine : target.engine,
            version: facts[side].version,
          },
          whatToDo: 'Set guards.logOrigin to auto or off: the source column guards then.',
        },
      );
    }
    return guards.logOrigin !== 'off' && facts[side].hasLogOrigin;
  };
  const sourceLogOrigin = logOriginOn('source');
  const targetLogOrigin = logOriginOn('target');
  if (guards.sourceColumn === 'off' && !(sourceLogOrigin && targetLogOrigin)) {
    throw new RowbridgeError(
      'invalid_configuration',
      'Neither the log origin nor the source column would stop loops',
      {
        details: { key: 'guards.sourceColumn' },
        whatToDo: 'Set guards.sourceColumn to auto.',
      },
    );
  }
  const writes = guards.sourceColumn !== 'off';
  return {
    actingGuard: sourceLogOrigin ? 'log_origin' : 'source_column',
    targetLogOrigin,
    stamping: { writes, deletes: writes && !targetLogOrigin },
  };
}
