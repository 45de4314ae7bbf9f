import type { ConnectClient } from 'debezium-connect-client';

const stopAttempts = 100;
const pollMs = 100;

/**
 * Lets a connector that was interrupted in its first snapshot begin anew. Debezium's own notifications commit an offset
 * before the snapshot has a log position, and a connector refuses to start from one (seen at 3.5.0: "Source offset
 * 'file' parameter is missing"). Nothing is lost by forgetting it: no change has been read yet, and rows the snapshot
 * has sent already are recognised.
 * @returns whether there was such an offset
 * @throws ConnectRequestError; Error when the connector does not stop
 */
export async function forgetUnfinishedSnapshot(connect: ConnectClient, name: string): Promise<boolean> {
  const offsets = await connect.offsets(name);
  if (offsets.length === 0 || offsets.every(({ offset }) => hasLogPosition(offset))) return false;
  await connect.stop(name);
  for (let attempt = 0; (await connect.status(name))?.state !== 'STOPPED'; attempt += 1) {
    if (attempt === stopAttempts) throw new Error(`connector ${name} does not stop`);
    await new Promise((resolve) => setTimeout(resolve, pollMs));
  }
  await connect.deleteOffsets(name);
  await connect.resume(name);
  return true;
}

function hasLogPosition(offset: unknown): boolean {
  return typeof offset === 'object' && offset !== null && ('file' in offset || 'lsn' in offset);
}
