import { createServer } from 'node:net';
import { isPortFree, PortChooser } from './ports.js';

describe('ports', () => {
  test('prefer the usual one', async () => {
    const chooser = new PortChooser('usual', () => Promise.resolve(true));
    expect(await chooser.choose(5432)).toBe(5432);
  });

  test('go to the next free one when the usual one is taken', async () => {
    const taken = new Set([5432, 5433]);
    const chooser = new PortChooser('usual', (port) => Promise.resolve(!taken.has(port)));
    expect(await chooser.choose(5432)).toBe(5434);
  });

  test('are never given twice, although nothing listens yet', async () => {
    const chooser = new PortChooser('usual', () => Promise.resolve(true));
    expect([await chooser.choose(8081), await chooser.choose(8081)]).toEqual([8081, 8082]);
  });

  test('are any free ones in tests, outside the range of outgoing connections', async () => {
    const chooser = new PortChooser('free', () => Promise.resolve(true));
    const ports = await Promise.all(Array.from({ length: 50 }, () => chooser.choose(5432)));
    expect(new Set(ports).size).toBe(50);
    for (const port of ports) expect(port).toBeLessThan(32_768);
  });

  test('are refused with exit code 3 when all are taken', async () => {
    const chooser = new PortChooser('usual', () => Promise.resolve(false));
    await expect(chooser.choose(3306)).rejects.toMatchObject({
      exitCode: 3,
      message: expect.stringContaining('3306') as string,
    });
  });

  test('are taken while a server listens on 127.0.0.1, and free after it', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    expect(await isPortFree(port)).toBe(false);
    await new Promise((resolve) => server.close(resolve));
    expect(await isPortFree(port)).toBe(true);
  });
});
