import { directionConfigurationSchema, explainConfiguration } from '@rowbridge/config';
import {
  runtimeSettingsSchema,
  type DirectionStatus,
  type RuntimeSettings,
} from '@rowbridge/control-protocol';
import type { ApiContext } from '../api-context.js';
import { CompactedView } from '../state/compacted-view.js';
import { DirectionBoard } from '../state/direction-board.js';
import { callOperation, StoreBench } from '../state/store-bench.js';
import { configurationModule } from './configuration.routes.js';

const direction = 'legacy-to-revamp';
const status = {
  direction,
  instance: 'one',
  state: 'running',
  reportedAtMs: Date.now(),
  settingsVersion: 0,
  configuration: explainConfiguration({
    schema: directionConfigurationSchema,
    environment: {
      ROWBRIDGE_DIRECTION: direction,
      ROWBRIDGE_KAFKA_BROKERS: 'one:9092',
      ROWBRIDGE_SCHEMA_REGISTRY_URL: 'http://127.0.0.1:8082',
      ROWBRIDGE_CONNECT_URL: 'http://127.0.0.1:8083',
      ...Object.fromEntries(
        ['SOURCE', 'TARGET'].flatMap((side) =>
          Object.entries({ ENGINE: 'postgres', DATABASE: 'app', USER: 'sync', PASSWORD: 'word' }).map(
            ([key, value]) => [`ROWBRIDGE_${side}_${key}`, value],
          ),
        ),
      ),
    },
  }),
} as unknown as DirectionStatus;

describe('a change of the configuration', () => {
  let bench: StoreBench;
  let sent: string[];
  let lagging: (() => void)[] | null;
  let elsewhere: (settings: RuntimeSettings) => void;
  let put: (match: string | undefined, rows: number, dryRun?: boolean) => Promise<string>;
  let read: () => Promise<string>;

  beforeEach(async () => {
    sent = [];
    lagging = null;
    bench = await StoreBench.open();
    const runtimeSettings = new CompactedView(runtimeSettingsSchema, () => undefined);
    const board = new DirectionBoard(new Map([[`${direction}/one`, status]]));
    board.look();
    elsewhere = (settings) =>
      runtimeSettings.take({ key: Buffer.from(direction), value: Buffer.from(JSON.stringify(settings)) });
    // What is written is read back as from the topic: at once, or when its reader does not lag any more.
    const producer = {
      send: async (_topic: string, records: readonly { key: Buffer; value: Buffer }[]) => {
        for (const record of records) {
          sent.push(record.value.toString());
          const readBack = (): void => runtimeSettings.take(record);
          if (lagging) lagging.push(readBack);
          else readBack();
        }
      },
    };
    const { routes } = configurationModule({
      following: { require: () => undefined },
      plans: [{ name: direction }],
      board,
      runtimeSettings,
      kafka: { require: () => ({ producer }) },
      audit: bench.audit,
      now: Date.now,
    } as unknown as ApiContext);
    const call = async (operation: string, given: object): Promise<string> => {
      let tag = '';
      const answerHeader = (_name: string, value: string): void => void (tag = value);
      await callOperation(routes, operation, { answerHeader, ...given });
      return tag;
    };
    read = () => call('showConfiguration', {});
    put = (match, rows, dryRun = false) =>
      call('changeConfiguration', {
        header: () => match,
        query: { dryRun },
        body: { directions: { [direction]: { 'batch.maxRows': rows } } },
      });
  });

  afterEach(() => bench.close());

  it('asks for the tag of what was read, and is made over that alone', async () => {
    const tag = await read();
    await expect(put(undefined, 321)).rejects.toMatchObject({ code: 'precondition_required', status: 428 });
    await expect(put('"another"', 321)).rejects.toMatchObject({ code: 'precondition_failed', status: 412 });
    expect(sent).toEqual([]);
    const next = await put(`"another", ${tag}`, 321);
    expect([next, sent.length]).toEqual([await read(), 1]);
    expect(next).not.toBe(tag);
    await expect(put(tag, 400)).rejects.toMatchObject({ status: 412, options: { headers: { etag: next } } });
    await put('*', 400);
    expect(sent).toHaveLength(2);
  });

  it('is made by one of two who read the same', async () => {
    const tag = await read();
    const outcomes = await Promise.allSettled([put(tag, 321), put(tag, 400)]);
    expect(outcomes.map((outcome) => outcome.status)).toEqual(['fulfilled', 'rejected']);
    expect(sent).toHaveLength(1);
  });

  it('is not lost to the next one where it was acknowledged and has not been read back yet', async () => {
    lagging = [];
    const tag = await read();
    const next = await put(tag, 321);
    expect([next === tag, await read()]).toEqual([false, next]);
    await expect(put(tag, 400)).rejects.toMatchObject({ status: 412 });
    await put(next, 400);
    const versions = () => sent.map((settings) => (JSON.parse(settings) as { version: number }).version);
    expect(versions()).toEqual([1, 2]);
    const last = await read();
    for (const readBack of lagging) readBack();
    lagging = null;
    expect(await read()).toBe(last);
    await put(last, 500);
    expect(versions()).toEqual([1, 2, 3]);
  });

  it('is not made over what another process changed since', async () => {
    lagging = [];
    const next = await put(await read(), 321);
    const values = { 'batch.maxRows': 77 };
    elsewhere({ direction, version: 2, values, actor: 'another', changedAtMs: 0 });
    await expect(put(next, 400)).rejects.toMatchObject({ status: 412 });
  });

  it('changes nothing and notes nothing in a dry run', async () => {
    const tag = await read();
    expect(await put(tag, 321, true)).toBe(tag);
    expect([sent, await bench.noted()]).toEqual([[], []]);
  });
});
