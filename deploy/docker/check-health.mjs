/** The image's health check: 0 when the service in this container answers that it is ready, 1 when not. */
import { get } from 'node:http';

const request = get({ host: '127.0.0.1', port: process.env.PORT || 8080, path: '/ready', timeout: 4_000 });
request.once('response', (answer) => {
  process.exitCode = answer.statusCode === 200 ? 0 : 1;
  answer.resume();
});
request.once('timeout', () => request.destroy(new Error('no answer')));
request.once('error', () => {
  process.exitCode = 1;
});
