import { randomBytes } from 'node:crypto';
import { keptSecrets } from '@rowbridge/embedded-stack';

export interface Account {
  readonly name: string;
  readonly password: string;
}

/** Three users on each side, each with no more rights than its work needs. */
export interface SideAccounts {
  /** Reads the log for Debezium. */
  readonly capture: Account;
  /** Writes rows that cross. */
  readonly sync: Account;
  /** The application that owns the data. */
  readonly application: Account;
}

export interface Accounts {
  readonly legacy: SideAccounts;
  readonly revamp: SideAccounts;
}

/**
 * Reads `accounts.json` (mode 0600) of a data directory; writes it with generated passwords at the first call.
 * @throws StackError exit 3 when the file is damaged
 */
export function dataDirectoryAccounts(dataDirectory: string): Accounts {
  return keptSecrets({
    dataDirectory,
    name: 'accounts.json',
    generate: () => ({ legacy: sideAccounts('legacy'), revamp: sideAccounts('revamp') }),
  });
}

function sideAccounts(side: string): SideAccounts {
  const account = (name: string): Account => ({ name, password: randomBytes(18).toString('base64url') });
  return {
    capture: account('rowbridge_capture'),
    sync: account('rowbridge_sync'),
    application: account(`${side}_application`),
  };
}
