import { ownUser, type Crossing, type Stage } from './stage.js';

/** An application that does not know the bookkeeping column must lose no edit, whatever it does to it. */
export async function bookkeepingColumn(stage: Stage): Promise<void> {
  await Promise.all(
    stage.crossings.flatMap((crossing) => [
      editsRowJustWritten(stage, crossing),
      savesOldBookkeeping(stage, crossing),
    ]),
  );
}

/** The receiving application changes a row the moment a sync wrote it, and leaves `sync_source` as it stands. */
async function editsRowJustWritten(stage: Stage, { from, to }: Crossing): Promise<void> {
  const user = stage.newUser(`left-alone-${from.name}`);
  await from.createUser(user);
  const written = await stage.await(`the user registered at ${from.name} to appear at ${to.name}`, () =>
    to.findUser(user.email),
  );
  await to.changeUser(written.id, { fullName: 'Edited at once' });
  const edited = await ownUser(to, user.email);
  await stage.awaitUser(
    from,
    edited,
    `an edit at ${to.name}, made right after a sync wrote the row, to reach ${from.name}`,
  );
}

/** The receiving application loads a row, the row moves on, and the application saves the whole row it had loaded. */
async function savesOldBookkeeping(stage: Stage, { from, to }: Crossing): Promise<void> {
  const { here, there: loaded } = await stage.registerEverywhere(
    { from, to },
    stage.newUser(`saved-back-${from.name}`),
  );
  await from.changeUser(here.id, { phone: '1' });
  const moved = await ownUser(from, here.email);
  await stage.awaitUser(to, moved, `the change of a user at ${from.name} to be seen at ${to.name}`);

  await to.changeUser(loaded.id, {
    userName: loaded.userName,
    email: loaded.email,
    fullName: 'Saved with what was loaded before',
    phone: loaded.phone,
    status: 'suspended',
    syncSource: loaded.syncSource,
  });
  const saved = await ownUser(to, here.email);
  await stage.awaitUser(
    from,
    saved,
    `a save at ${to.name} that wrote an old sync_source back to reach ${from.name}`,
  );
}
