import type { IncomingMessage, ServerResponse } from 'node:http';

export interface EventStreamOptions {
  /** How many of the latest events a client that comes back can still get. Default 1,000. */
  readonly keptEvents?: number;
  /** Time between two signs of life, milliseconds. Default 15,000. */
  readonly heartbeatMs?: number;
  /** Bytes that may wait for a client that reads too slowly, before it is dropped. Default 262,144. */
  readonly mostWaitingBytes?: number;
  /** What a client gets first when it is new, or was away for longer than events are kept. */
  readonly greeting?: () => { readonly event: string; readonly data: unknown };
}

interface KeptEvent {
  readonly sequence: number;
  readonly frame: Buffer;
}

const headers = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-store, no-transform',
  // Proxies of this kind would hold events back until a buffer is full.
  'x-accel-buffering': 'no',
} as const;

/** Time a client should let pass before it comes back, milliseconds. */
const reconnectMs = 2_000;
const heartbeatFrame = Buffer.from(':\n\n');

/**
 * Server-sent events to any number of clients. Each event has an id; a client that was away and names the last id it
 * saw gets what it missed, as far as that is kept, and the greeting where it is not. Clients that vanish are forgotten,
 * those that read too slowly are dropped: they come back and go on where they were.
 */
export class EventStream {
  private readonly clients = new Set<ServerResponse>();
  private readonly kept: KeptEvent[] = [];
  /** Tells this process's ids from those of an earlier one, whose events nobody has. */
  private readonly epoch = Date.now().toString(36);
  private readonly heartbeat: NodeJS.Timeout;
  private readonly keptEvents: number;
  private readonly mostWaitingBytes: number;
  private readonly greeting: EventStreamOptions['greeting'];
  private sequence = 0;
  private closed = false;

  constructor(options: EventStreamOptions = {}) {
    const { keptEvents = 1_000, heartbeatMs = 15_000, mostWaitingBytes = 262_144, greeting } = options;
    this.keptEvents = keptEvents;
    this.mostWaitingBytes = mostWaitingBytes;
    this.greeting = greeting;
    this.heartbeat = setInterval(() => this.beat(), heartbeatMs);
    this.heartbeat.unref();
  }

  /** Clients that are connected. */
  get clientCount(): number {
    return this.clients.size;
  }

  /**
   * Sends an event to all clients and keeps it for those that come back.
   * @param event its kind: lower-case words joined by underscores
   * @param data anything JSON can say
   */
  publish(event: string, data: unknown): void {
    if (this.closed) return;
    this.sequence += 1;
    const frame = this.frame({ sequence: this.sequence, event, data });
    this.kept.push({ sequence: this.sequence, frame });
    if (this.kept.length > this.keptEvents) this.kept.shift();
    for (const client of this.clients) this.send(client, frame);
  }

  /** Answers a request with the stream, until either side ends it. `Last-Event-ID` says where the client was. */
  connect(request: IncomingMessage, response: ServerResponse): void {
    if (this.closed) {
      response.writeHead(503).end();
      return;
    }
    response.writeHead(200, headers);
    response.write(`retry: ${reconnectMs}\n\n`);
    const forget = (): void => void this.clients.delete(response);
    response.once('close', forget);
    // A connection reset while something is being written is the client's end, and no fault of ours.
    response.on('error', forget);
    this.clients.add(response);
    const { 'last-event-id': lastId } = request.headers;
    for (const frame of this.missedSince(Array.isArray(lastId) ? lastId[0] : lastId)) {
      this.send(response, frame);
    }
  }

  /** Ends the stream for all clients. */
  close(): void {
    this.closed = true;
    clearInterval(this.heartbeat);
    for (const client of this.clients) client.end();
    this.clients.clear();
    this.kept.length = 0;
  }

  private missedSince(lastId: string | undefined): readonly Buffer[] {
    const lastSequence = this.sequenceOf(lastId);
    const oldestKept = this.kept[0]?.sequence ?? this.sequence + 1;
    const isKnown = lastSequence !== null && lastSequence <= this.sequence && lastSequence >= oldestKept - 1;
    if (isKnown) return this.kept.filter(({ sequence }) => sequence > lastSequence).map(({ frame }) => frame);
    const greeting = this.greeting?.();
    return greeting === undefined ? [] : [this.frame({ sequence: this.sequence, ...greeting })];
  }

  private sequenceOf(lastId: string | undefined): number | null {
    const [epoch, digits = ''] = (lastId ?? '').split('-');
    return epoch === this.epoch && /^\d{1,15}$/.test(digits) ? Number(digits) : null;
  }

  private frame({ sequence, event, data }: { sequence: number; event: string; data: unknown }): Buffer {
    return Buffer.from(`id: ${this.epoch}-${sequence}\nevent: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
  }

  private send(client: ServerResponse, frame: Buffer): void {
    if (client.writableEnded || client.destroyed) return;
    client.write(frame);
    if (client.writableLength > this.mostWaitingBytes) {
      this.clients.delete(client);
      client.destroy();
    }
  }

  private beat(): void {
    for (const client of this.clients) this.send(client, heartbeatFrame);
  }
}
