import { Agent, request } from 'node:http';
import { Ajv } from 'ajv';
import fc from 'fast-check';
import { anything, arbitraryFor, hostileText, type JsonSchema } from './schema-arbitrary.js';

interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly required?: boolean;
  readonly schema: JsonSchema;
}

interface Content {
  readonly content?: Readonly<Record<string, { readonly schema: JsonSchema }>>;
}

interface Operation {
  readonly operationId: string;
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: Content;
  readonly responses: Readonly<Record<string, Content>>;
}

export interface Description {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, JsonSchema>> };
}

/** One request as it is sent. */
interface FuzzedRequest {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
}

export interface FuzzedApi {
  readonly url: string;
  /** May do everything. */
  readonly token: string;
}

export interface FuzzResult {
  /** How often each status was answered, by operation. */
  readonly statuses: ReadonlyMap<string, ReadonlyMap<number, number>>;
  /** Answers that the description does not allow. */
  readonly faults: readonly string[];
}

/** The same requests each time; another seed looks elsewhere. */
const seed = Number(process.env['ROWBRIDGE_FUZZ_SEED'] ?? 20_261_121);

/**
 * Sends every described operation requests that fit, half fit and do not fit its description, and compares each answer
 * with the description: a status it names, a body of the form it gives, and no 5xx but its 503.
 */
export async function fuzzOperations(
  { url, token }: FuzzedApi,
  description: Description,
  runs: number,
): Promise<FuzzResult> {
  const agent = new Agent({ keepAlive: true, maxSockets: 4 });
  const faults: string[] = [];
  const statuses = new Map<string, Map<number, number>>();
  const isValid = answerChecker(description);
  for (const [path, operations] of Object.entries(description.paths)) {
    for (const [method, operation] of Object.entries(operations)) {
      const seen = new Map<number, number>();
      statuses.set(operation.operationId, seen);
      for (const each of fc.sample(requestArbitrary(path, operation, description), { numRuns: runs, seed })) {
        const answer = await send({ url, token, method, agent, ...each });
        seen.set(answer.status, (seen.get(answer.status) ?? 0) + 1);
        const fault = isValid(operation, answer);
        if (fault !== null)
          faults.push(`${method} ${each.path.slice(0, 200)} ${String(each.body).slice(0, 300)}: ${fault}`);
      }
    }
  }
  agent.destroy();
  return { statuses, faults };
}

function requestArbitrary(
  path: string,
  { parameters = [], requestBody }: Operation,
  { components }: Description,
): fc.Arbitrary<FuzzedRequest> {
  const resolve = (reference: string): JsonSchema =>
    components.schemas[reference.split('/').at(-1) ?? ''] ?? {};
  const text = (schema: JsonSchema): fc.Arbitrary<string> =>
    fc.oneof(
      { weight: 5, arbitrary: arbitraryFor(schema, resolve).map((value) => asText(value)) },
      { weight: 1, arbitrary: hostileText },
    );
  const place = (where: Parameter['in']): fc.Arbitrary<Partial<Record<string, string>>> => {
    const own = parameters.filter((parameter) => parameter.in === where);
    const required = own
      .filter((parameter) => where === 'path' || parameter.required)
      .map(({ name }) => name);
    return fc.record(Object.fromEntries(own.map(({ name, schema }) => [name, text(schema)])), {
      requiredKeys: required,
    });
  };
  const body = requestBody?.content?.['application/json']?.schema;
  const bodies: fc.Arbitrary<string | null> = body
    ? fc.oneof(
        { weight: 8, arbitrary: arbitraryFor(body, resolve).map((value) => JSON.stringify(value)) },
        { weight: 1, arbitrary: anything.map((value) => JSON.stringify(value)) },
        {
          weight: 1,
          arbitrary: fc.constantFrom(null, '', '{', '[[[[', 'x'.repeat(100_000), '{"a":'.repeat(2_000)),
        },
      )
    : fc.constant(null);
  return fc
    .record({
      params: place('path'),
      query: place('query'),
      headers: place('header'),
      body: bodies,
      extra: fc.integer({ min: 0, max: 20 }),
    })
    .map(({ params, query, headers, body: sent, extra }) => {
      const filled = path.replaceAll(/\{(\w+)\}/g, (_whole, name: string) =>
        encodeURIComponent(wellFormed(params[name] || 'x')),
      );
      const pairs = Object.entries({ ...query, ...(extra === 0 && { unknown: '1' }) });
      const search = pairs
        .map(([name, value]) => `${name}=${encodeURIComponent(wellFormed(value ?? ''))}`)
        .join('&');
      return {
        path: search === '' ? filled : `${filled}?${search}`,
        headers: Object.fromEntries(
          Object.entries(headers).map(([name, value]) => [
            name,
            (value ?? '').replaceAll(/[^\x20-\x7e]/g, '?'),
          ]),
        ),
        body: sent,
      };
    });
}

/** Half a surrogate pair cannot be written into an address at all. */
function wellFormed(text: string): string {
  return Buffer.from(text).toString();
}

function asText(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
}

interface Answer {
  readonly status: number;
  readonly mediaType: string;
  readonly text: string;
}

function send(options: FuzzedRequest & FuzzedApi & { method: string; agent: Agent }): Promise<Answer> {
  const { url, token, method, agent, path, headers, body } = options;
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const sent = request(
      {
        hostname,
        port,
        method,
        path,
        agent,
        headers: {
          authorization: `Bearer ${token}`,
          ...headers,
          ...(body !== null && {
            'content-type': 'application/json',
            'content-length': Buffer.byteLength(body),
          }),
        },
      },
      (response) => {
        const mediaType = (response.headers['content-type'] ?? '').split(';')[0] ?? '';
        const status = response.statusCode ?? 0;
        if (mediaType === 'text/event-stream') {
          sent.destroy();
          resolve({ status, mediaType, text: '' });
          return;
        }
        let text = '';
        response.on('data', (chunk: Buffer) => (text += chunk.toString()));
        response.on('end', () => resolve({ status, mediaType, text }));
        response.on('error', reject);
      },
    );
    sent.on('error', reject);
    sent.end(body ?? undefined);
  });
}

/** @returns null when the description allows the answer, or what is wrong with it */
function answerChecker(description: Description): (operation: Operation, answer: Answer) => string | null {
  const ajv = new Ajv({ strict: false, validateFormats: false });
  ajv.addSchema({ $id: 'api', components: description.components });
  const compiled = new Map<JsonSchema, ReturnType<typeof ajv.compile>>();
  const compile = (schema: JsonSchema): ReturnType<typeof ajv.compile> => {
    const known =
      compiled.get(schema) ??
      ajv.compile(JSON.parse(JSON.stringify(schema).replaceAll('"#/', '"api#/')) as object);
    compiled.set(schema, known);
    return known;
  };
  return ({ responses }, { status, mediaType, text }) => {
    const told = text.slice(0, 400);
    // The HTTP server itself refuses an address beyond 16 KiB before the API sees it.
    if (status === 431 && text === '') return null;
    if (status >= 500 && status !== 503) return `answered ${status}: ${told}`;
    const content = responses[status]?.content;
    if (!content) return `answered ${status}, which is not described: ${told}`;
    const schema = Object.entries(content).find(([type]) => type.split(';')[0] === mediaType)?.[1].schema;
    if (!schema) return `answered ${status} as ${mediaType}, which is not described: ${told}`;
    if (mediaType === 'text/event-stream' || mediaType === 'text/plain') return null;
    const check = compile(schema);
    return check(JSON.parse(text))
      ? null
      : `answered ${status} in another form: ${ajv.errorsText(check.errors)}: ${told}`;
  };
}
