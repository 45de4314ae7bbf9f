import { ownUser, type Crossing, type Stage } from './stage.js';

/** A user gets another primary key at one site; at the other it stays the same row, and later edits still find it. */
export async function keyChange(stage: Stage): Promise<void> {
  await Promise.all(stage.crossings.map((crossing) => changeKey(stage, crossing)));
}

async function changeKey(stage: Stage, { from, to }: Crossing): Promise<void> {
  const { here, there } = await stage.registerEverywhere({ from, to }, stage.newUser(`moved-${from.name}`));
  const newId = await from.changeUserKey(here.id);
  await stage.awaitUser(
    to,
    await ownUser(from, here.email),
    `a user with a new primary key at ${from.name} to be seen at ${to.name}`,
  );
  await from.changeUser(newId, { fullName: 'Edited under the new key' });
  const after = await stage.awaitUser(
    to,
    await ownUser(from, here.email),
    `an edit at ${from.name} under the new primary key to be seen at ${to.name}`,
  );
  if (after.id !== there.id) {
    throw new Error(`${to.name} made a new row of a user whose primary key changed at ${from.name}`);
  }
  await to.changeUser(after.id, { phone: 'answer under the new key' });
  await stage.awaitUser(
    from,
    await ownUser(to, here.email),
    `an edit at ${to.name} of a user whose primary key changed at ${from.name} to come back`,
  );
}
