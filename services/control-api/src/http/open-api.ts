import { STATUS_CODES } from 'node:http';
import { OpenAPIRegistry, OpenApiGeneratorV31, type RouteConfig } from '@asteasolutions/zod-to-openapi';
import { problemSchema } from '@rowbridge/control-protocol';
import { errorTable, httpStatusFor, type ErrorCode } from '@rowbridge/errors';
import type * as zod from 'zod';
import type { Route } from './route.js';

/** The OpenAPI 3.1 description of the routes, from the very schemas that validate their requests. */
export function describeRoutes(routes: readonly Route[], version: string): object {
  const registry = new OpenAPIRegistry();
  registry.registerComponent('securitySchemes', 'token', {
    type: 'http',
    scheme: 'bearer',
    description: 'A configured token, whose scopes are among read, operate, replay and unmask.',
  });
  registry.registerComponent('securitySchemes', 'ticket', {
    type: 'apiKey',
    in: 'query',
    name: 'ticket',
    description: 'A ticket from POST /api/v1/stream-ticket: good once, for one event stream.',
  });
  for (const declared of routes) registry.registerPath(describeRoute(declared));
  return new OpenApiGeneratorV31(registry.definitions).generateDocument({
    openapi: '3.1.0',
    info: {
      title: 'Rowbridge control API',
      version,
      description:
        'See, steer and repair what keeps rows in step. Errors are RFC 9457; their codes are in the reference of error codes.',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: '/' }],
    tags: [...new Set(routes.map(({ tag }) => tag))].map((name) => ({ name })),
  });
}

function describeRoute(declared: Route): RouteConfig {
  const { method, path, operationId, summary, description, tag, scope } = declared;
  return {
    method,
    path,
    operationId,
    summary,
    tags: [tag],
    ...(description !== undefined && { description }),
    security: securityOf(declared),
    ...(scope !== null && { 'x-scope': scope }),
    request: requestOf(declared),
    responses: { ...successOf(declared), ...problemsOf(declared) },
  };
}

function securityOf(declared: Route): Record<string, string[]>[] {
  if (declared.scope === null) return [];
  return declared.kind === 'stream' ? [{ token: [] }, { ticket: [] }] : [{ token: [] }];
}

function requestOf(declared: Route): NonNullable<RouteConfig['request']> {
  const query = declared.query as zod.ZodObject | undefined;
  if (declared.kind === 'stream') return { ...(query && { query }) };
  const { headers, body } = declared;
  const params = declared.params as zod.ZodObject | undefined;
  return {
    ...(params && { params }),
    ...(query && { query }),
    ...(headers && { headers }),
    ...(body && {
      body: {
        required: !body.safeParse(undefined).success,
        content: { 'application/json': { schema: body } },
      },
    }),
  };
}

function successOf(declared: Route): RouteConfig['responses'] {
  if (declared.kind === 'stream') {
    const description = 'Server-sent events; the data of each is JSON of this form.';
    return { 200: { description, content: { 'text/event-stream': { schema: declared.event } } } };
  }
  const { answer, answerStatuses = [200], mediaType = 'application/json' } = declared;
  return Object.fromEntries(
    answerStatuses.map((status) => [
      status,
      { description: STATUS_CODES[status] ?? '', content: { [mediaType]: { schema: answer } } },
    ]),
  );
}

/** The refusals of a route by status, with the codes that can stand behind each. */
function problemsOf(declared: Route): RouteConfig['responses'] {
  const own = declared.kind === 'call' ? (declared.answerStatuses ?? [200]) : [200];
  const byStatus = new Map<number, ErrorCode[]>();
  for (const code of problemCodes(declared)) {
    const status = httpStatusFor(code);
    if (!own.includes(status)) byStatus.set(status, [...(byStatus.get(status) ?? []), code]);
  }
  return Object.fromEntries(
    [...byStatus].map(([status, codes]) => [
      status,
      {
        description: codes.map((code) => `\`${code}\`: ${errorTable[code].description}`).join(' '),
        content: { 'application/problem+json': { schema: problemSchema } },
      },
    ]),
  );
}

function problemCodes(declared: Route): ReadonlySet<ErrorCode> {
  const takesInput = declared.query ?? (declared.kind === 'call' ? (declared.params ?? declared.body) : null);
  return new Set<ErrorCode>([
    'too_many_requests',
    ...(takesInput ? (['request_invalid'] as const) : []),
    ...(declared.kind === 'call' && declared.body
      ? (['body_too_large', 'media_type_unsupported'] as const)
      : []),
    ...(declared.scope === null
      ? []
      : ([
          'unauthenticated',
          'scope_missing',
          'kafka_unreachable',
          'connect_unreachable',
          'connection_lost',
          'control_store_unavailable',
        ] as const)),
    ...(declared.problems ?? []),
  ]);
}
