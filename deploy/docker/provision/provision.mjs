/**
 * Makes a demonstration ready, step by step; each step may be run again at any time.
 *
 *   provision.mjs secrets   generates what is missing in SECRETS_DIRECTORY; needs nothing else
 *   provision.mjs system    databases, topics and connectors, once the engines answer
 *
 * Exit codes: 0 done, 2 the environment lacks something, 3 something cannot be reached or refuses.
 */
import { makeCapture } from './capture.mjs';
import { makeDatabases } from './databases.mjs';
import { generateSecrets } from './secrets.mjs';
import { ProvisionError, readSettings } from './settings.mjs';

const steps = {
  secrets: (settings) => generateSecrets(settings.secretsDirectory),
  system: async (settings) => {
    await makeDatabases(settings);
    await makeCapture(settings);
  },
};

const [name = '', ...rest] = process.argv.slice(2);

try {
  const step = Object.hasOwn(steps, name) ? steps[name] : undefined;
  if (step === undefined || rest.length > 0) {
    throw new ProvisionError(2, `Give one step: ${Object.keys(steps).join(' or ')}.`);
  }
  await step(readSettings(process.env, name));
  process.stdout.write(`provision ${name}: done\n`);
} catch (failure) {
  process.stderr.write(`provision ${name}: ${failure instanceof Error ? failure.message : 'failed'}\n`);
  process.exitCode = failure instanceof ProvisionError ? failure.exitCode : 3;
}
