import { SchemaRegistry, SchemaType } from '@kafkajs/confluent-schema-registry';
import type { SchemaSource } from '@rowbridge/change-event';
import { RowbridgeError } from '@rowbridge/errors';

export interface RegistryOptions {
  /** Root of a Confluent-compatible API, such as `http://host:8081` or Apicurio's `…/apis/ccompat/v7`. */
  readonly url: string;
  /** A request that takes longer counts as unreachable. Default 10 s, retries included. */
  readonly timeoutMs?: number;
}

/**
 * Schemas by id, kept for ever since they never change, with one request in flight per id. Failures are not kept.
 */
export function createRegistrySchemaSource({ url, timeoutMs = 10_000 }: RegistryOptions): SchemaSource {
  const schemas = new Map<number, Promise<unknown>>();
  return {
    avroSchema(id) {
      const known = schemas.get(id);
      if (known) return known;
      const request = fetchSchema({ url, id, timeoutMs }).catch((error: unknown) => {
        schemas.delete(id);
        throw error;
      });
      schemas.set(id, request);
      return request;
    },
  };
}

interface SchemaRequest {
  readonly url: string;
  readonly id: number;
  readonly timeoutMs: number;
}

/**
 * The registry client answers with a parsed type, which has lost the annotations that name Connect's types: the hook
 * sees the schema as it was stored. One client an id, so that the hook belongs to the id.
 */
async function fetchSchema({ url, id, timeoutMs }: SchemaRequest): Promise<unknown> {
  let stored: unknown;
  const registry = new SchemaRegistry(
    { host: url.replace(/\/+$/, ''), retry: { retries: 2, maxRetryTimeInSecs: 1 } },
    {
      [SchemaType.AVRO]: {
        typeHook: (schema: unknown) => {
          stored ??= schema;
          return undefined;
        },
      },
    },
  );
  try {
    await withTimeLimit(registry.getSchema(id), timeoutMs);
  } catch (error) {
    if (stored === undefined) throw refusal(url, id, error);
  }
  return stored;
}

async function withTimeLimit(request: Promise<unknown>, timeoutMs: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${timeoutMs} ms`)), timeoutMs);
  });
  try {
    await Promise.race([request, limit]);
  } finally {
    clearTimeout(timer);
  }
}

/** The message of error code 40403, which is all the client keeps of the answer's body. */
const schemaNotFound = / - Schema \d+ not found/i;

/** Only the registry's own answer confirms that an id is unknown; a proxy's 404 says nothing about it. */
function refusal(url: string, id: number, error: unknown): RowbridgeError {
  const { status, message = '' } = (error ?? {}) as { readonly status?: number; readonly message?: string };
  const details = { schemaId: id, registry: withoutPassword(url) };
  if (status === 404 && schemaNotFound.test(message)) {
    return new RowbridgeError('schema_id_unknown', 'the schema registry does not know the schema id', {
      details,
    });
  }
  const problem =
    status === undefined ? 'the schema registry does not answer' : `the schema registry answers ${status}`;
  return new RowbridgeError('registry_unreachable', problem, { details });
}

function withoutPassword(url: string): string {
  const parsed = new URL(url);
  return `${parsed.protocol}//${parsed.host}${parsed.pathname}`;
}
