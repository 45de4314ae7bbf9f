/**
 * Reads resources from standard input, as JSON with the module of the model of each, and writes the faults of each as
 * JSON to standard output.
 */
import { text } from 'node:stream/consumers';

const entries = JSON.parse(await text(process.stdin));
const faults = [];
for (const { module, resource } of entries) {
  const { [resource.kind]: Model } = await import(module);
  try {
    new Model(resource).validate();
    faults.push([]);
  } catch (error) {
    if (error.faults === undefined) throw error;
    faults.push(error.faults);
  }
}
process.stdout.write(JSON.stringify(faults));
