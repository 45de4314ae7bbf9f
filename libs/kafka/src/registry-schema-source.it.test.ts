import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describeWithKafka } from '@rowbridge/testing';
import { createRegistrySchemaSource } from './index.js';

const schema = {
  type: 'record',
  name: 'Value',
  namespace: 'legacy.public.legacy_users',
  fields: [
    { name: 'id', type: { type: 'long', 'connect.default': 0 }, default: 0 },
    {
      name: 'created_at',
      type: { type: 'string', 'connect.version': 1, 'connect.name': 'io.debezium.time.ZonedTimestamp' },
    },
  ],
  'connect.name': 'legacy.public.legacy_users.Value',
};

let url: string;
const servers: Server[] = [];

async function register(subject: string): Promise<number> {
  const response = await fetch(`${url}/subjects/${subject}/versions`, {
    method: 'POST',
    headers: { 'content-type': 'application/vnd.schemaregistry.v1+json' },
    body: JSON.stringify({ schema: JSON.stringify(schema) }),
  });
  return ((await response.json()) as { readonly id: number }).id;
}

/** A server that counts and answers as told, in the registry's place. */
async function serveInstead(status: number, body: string): Promise<{ url: string; requests: () => number }> {
  let requests = 0;
  const server = createServer((_request, response) => {
    requests += 1;
    response.writeHead(status, { 'content-type': 'application/json' }).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  servers.push(server);
  return { url: `http://127.0.0.1:${port}`, requests: () => requests };
}

describeWithKafka('a registry as source of schemas', (provider) => {
  beforeAll(async () => {
    url = (await provider.kafkaStack({ components: ['schemaRegistry'] })).schemaRegistry.confluentUrl;
  });

  afterEach(() => {
    for (const server of servers.splice(0)) {
      server.closeAllConnections();
      server.close();
    }
  });

  afterAll(async () => {
    await provider.stop();
  });

  it('answers with the schema as it was registered, annotations and all', async () => {
    const id = await register('legacy.public.legacy_users-value');
    expect(await createRegistrySchemaSource({ url }).avroSchema(id)).toEqual(schema);
  });

  it('tells an id the registry confirms it does not know', async () => {
    await expect(createRegistrySchemaSource({ url }).avroSchema(987_654_321)).rejects.toMatchObject({
      code: 'schema_id_unknown',
      details: { schemaId: 987_654_321 },
    });
  });

  it('calls nobody answering unreachable, and asks again the next time', async () => {
    const source = createRegistrySchemaSource({ url: 'http://127.0.0.1:9' });
    await expect(source.avroSchema(1)).rejects.toMatchObject({ code: 'registry_unreachable' });
    await expect(source.avroSchema(1)).rejects.toMatchObject({ code: 'registry_unreachable' });
  });

  it.each([
    [503, '{"message":"starting"}'],
    [404, 'Not Found'],
    [404, '{"error":"no such page"}'],
  ])('calls status %s with body %s unreachable: it says nothing about the schema', async (status, body) => {
    const server = await serveInstead(status, body);
    const source = createRegistrySchemaSource({ url: server.url });
    await expect(source.avroSchema(1)).rejects.toMatchObject({ code: 'registry_unreachable' });
  });

  it('asks once for an id that many ask for, and keeps the answer', async () => {
    const server = await serveInstead(200, JSON.stringify({ schema: JSON.stringify(schema) }));
    const source = createRegistrySchemaSource({ url: server.url });
    await Promise.all([source.avroSchema(1), source.avroSchema(1), source.avroSchema(1)]);
    await source.avroSchema(1);
    expect(server.requests()).toBe(1);
  });
});
