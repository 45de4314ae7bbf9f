import { connect } from 'node:net';

const probeTimeoutMs = 2_000;

/** True when an HTTP GET on 127.0.0.1 is answered with 200. */
export async function answersHttp(url: string): Promise<boolean> {
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(probeTimeoutMs) });
    await answer.arrayBuffer();
    return answer.status === 200;
  } catch {
    return false;
  }
}

/** True when a MySQL or MariaDB server greets: protocol version 10 as the fifth byte of its first packet. */
export async function greetsAsMysql(port: number): Promise<boolean> {
  const greeting = await exchange(port, undefined, 5);
  return greeting?.[4] === 10;
}

/** True when a Kafka broker answers a Metadata request (version 1, no topics) with at least one broker. */
export async function answersKafkaMetadata(port: number): Promise<boolean> {
  const request = Buffer.alloc(4 + 2 + 2 + 4 + 2 + 4);
  request.writeInt32BE(request.length - 4, 0);
  request.writeInt16BE(3, 4);
  request.writeInt16BE(1, 6);
  request.writeInt32BE(1, 8);
  request.writeInt16BE(-1, 12);
  const answer = await exchange(port, request, 12);
  return answer !== undefined && answer.readInt32BE(8) >= 1;
}

/** Connects to 127.0.0.1, sends, and reads at least so many bytes; undefined when that fails for any reason. */
async function exchange(
  port: number,
  send: Buffer | undefined,
  wantedBytes: number,
): Promise<Buffer | undefined> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' });
    let received = Buffer.alloc(0);
    const finish = (answer: Buffer | undefined): void => {
      socket.destroy();
      resolve(answer);
    };
    socket.setTimeout(probeTimeoutMs, () => finish(undefined));
    socket.on('error', () => finish(undefined));
    socket.on('close', () => finish(undefined));
    socket.on('connect', () => {
      if (send !== undefined) socket.write(send);
    });
    socket.on('data', (chunk) => {
      received = Buffer.concat([received, chunk]);
      if (received.length >= wantedBytes) finish(received);
    });
  });
}
