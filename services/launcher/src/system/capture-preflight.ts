import { capturedTables, legacyCapture } from '@rowbridge/connectors';
import {
  preflightMysql,
  preflightPostgres,
  type CaptureRequirements,
  type PreflightFinding,
} from '@rowbridge/database-access';
import { legacyRevamp } from '@rowbridge/pair-legacy-revamp';
import { LaunchError } from '../launch-error.js';
import type { Accounts } from './accounts.js';
import type { LoopGuard } from './direction-services.js';
import type { PairDatabases } from './pair-databases.js';

export interface CapturePreflightOptions {
  readonly databases: PairDatabases;
  readonly accounts: Accounts;
  readonly guards: Readonly<Record<'legacy' | 'revamp', LoopGuard>>;
}

/**
 * Refuses to capture a database that is not set up for it.
 * @throws LaunchError exit 2 with every finding and what to run
 */
export async function requireCapturable(options: CapturePreflightOptions): Promise<void> {
  const { databases, accounts, guards } = options;
  const requirementsOf = (side: 'legacy' | 'revamp'): CaptureRequirements => ({
    tables: capturedTables(legacyRevamp, side),
    captureUser: accounts[side].capture.name,
    sourceColumnGuard: guards[side] === 'source_column',
    logOriginGuard: guards[side] === 'log_origin',
  });
  const findings = await Promise.all([
    preflightPostgres(databases.legacyPool, {
      ...requirementsOf('legacy'),
      publication: legacyCapture.publication,
      slot: legacyCapture.slot,
    }),
    preflightMysql(databases.revampPool, requirementsOf('revamp')),
  ]);
  const all = findings.flat();
  if (all.length > 0)
    throw new LaunchError(`These keep capture from starting:\n${all.map(describe).join('\n')}`, 2);
}

function describe({ check, table, found, required, howToFix }: PreflightFinding): string {
  return `  ${check}${table === undefined ? '' : ` (${table})`}: found ${found}; required: ${required}. ${howToFix}`;
}
