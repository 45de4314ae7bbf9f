/**
 * Entry point of a service's image: starts the service the image was built for. A service's name may be given as the
 * only argument, to be sure of what is started; any other than the image's own ends with 2.
 */
import { existsSync, writeSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { join } from 'node:path';

const built = process.env.ROWBRIDGE_SERVICE ?? '';
const [asked = built, ...rest] = process.argv.slice(2);
const root = process.env.ROWBRIDGE_ROOT ?? import.meta.dirname;
const program = join(root, 'services', asked, 'dist', 'main.js');

/** The last words of a start that failed, which Kubernetes, Docker and systemd show: what another start would do. */
const prospects = {
  2: 'starting again changes nothing until this is corrected. Kubernetes tries all the same, after ever longer waits.',
  3: 'starting again helps once it can be reached. Kubernetes does so after ever longer waits, up to five minutes.',
};
process.once('exit', (code) => {
  if (code in prospects) writeSync(process.stderr.fd, `Exit code ${code}: ${prospects[code]}\n`);
});

function refuse(message) {
  process.stderr.write(`${message} Nothing was started.\n`);
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
