import { createServer } from 'node:net';

/** The port asked for, or the next free one above it; 0 gives any free port. */
export async function freePort(preferred: number): Promise<number> {
  for (let port = preferred; port <= 65_535; port += 1) {
    const found = await tryPort(port);
    if (found !== undefined) return found;
  }
  throw new Error(`no free port from ${preferred} on`);
}

function tryPort(port: number): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', (failure: NodeJS.ErrnoException) => {
      if (failure.code === 'EADDRINUSE' || failure.code === 'EACCES') resolve(undefined);
      else reject(failure);
    });
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => {
      const address = server.address();
      const chosen = typeof address === 'object' && address !== null ? address.port : port;
      server.close(() => resolve(chosen));
    });
  });
}
