import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

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

/** Reads `accounts.json` (mode 0600) of a data directory; writes it with generated passwords at the first call. */
export function dataDirectoryAccounts(dataDirectory: string): Accounts {
  const path = join(dataDirectory, 'accounts.json');
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Accounts;
  } catch (failure) {
    if ((failure as NodeJS.ErrnoException).code !== 'ENOENT') throw failure;
  }
  const accounts: Accounts = { legacy: sideAccounts('legacy'), revamp: sideAccounts('revamp') };
  writeFileSync(path, `${JSON.stringify(accounts, null, 2)}\n`, { mode: 0o600, flag: 'wx' });
  return accounts;
}

function sideAccounts(side: string): SideAccounts {
  const account = (name: string): Account => ({ name, password: randomBytes(18).toString('base64url') });
  return {
    capture: account('rowbridge_capture'),
    sync: account('rowbridge_sync'),
    application: account(`${side}_application`),
  };
}
