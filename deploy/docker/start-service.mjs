/**
 * Entry point of a service's image: starts the service the image was built for. A service's name may be given as the
 * only argument, to be sure of what is started; any other than the image's own ends with 2.
 */
import { existsSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { join } from 'node:path';

const built = process.env.ROWBRIDGE_SERVICE ?? '';
const [asked = built, ...rest] = process.argv.slice(2);
const root = process.env.ROWBRIDGE_ROOT ?? import.meta.dirname;
const program = join(root, 'services', asked, 'dist', 'main.js');

function refuse(message) {
  process.stderr.write(
    `${message} Nothing was started; starting again changes nothing until this is corrected.\n`,
  );
  process.exit(2);
}

if (built === '')
  refuse('This image was built without SERVICE: build it again with --build-arg SERVICE=<name>.');
if (rest.length > 0)
  refuse(`Only a service's name may be given, found ${process.argv.length - 2} arguments.`);
if (!/^[a-z0-9]+(-[a-z0-9]+)*$/.test(asked) || asked !== built || !existsSync(program)) {
  refuse(`This image holds the service ${built}, and no direction or service named "${asked}".`);
}
const direction = process.env.ROWBRIDGE_DIRECTION;
if (direction !== undefined && direction !== '' && built.includes('-to-') && direction !== built) {
  refuse(`ROWBRIDGE_DIRECTION is "${direction}", and this image holds the direction ${built}: unset it.`);
}
await import(pathToFileURL(program).href);
