import type { Scope } from '@rowbridge/control-protocol';
import type { ErrorCode } from '@rowbridge/errors';
import type * as zod from 'zod';
import type { EventStream } from '../event-stream.js';
import type { Caller } from './caller.js';

/** One request as its handler sees it: everything validated. */
export interface RouteCall<Params, Query, Body> {
  readonly params: Params;
  readonly query: Query;
  readonly body: Body;
  readonly caller: Caller;
  /** A request header, by lower-case name. */
  header(name: string): string | undefined;
  /** Adds a header to the answer. */
  answerHeader(name: string, value: string): void;
}

interface RouteSpecification {
  readonly method: 'get' | 'post' | 'put';
  /** As OpenAPI writes it: `/api/v1/dlq/{id}`. */
  readonly path: string;
  /** Unique; what client generators call the operation. */
  readonly operationId: string;
  /** One line. */
  readonly summary: string;
  readonly description?: string;
  /** The resource; groups operations in the description. */
  readonly tag: string;
  /** Null: no token is asked for. */
  readonly scope: Scope | null;
  /** Refusals of the handler's own, besides those any route of the kind can answer. */
  readonly problems?: readonly ErrorCode[];
}

/** What a route takes and answers, from which requests are validated and described. */
export interface RouteDeclaration<
  Params extends zod.ZodType,
  Query extends zod.ZodType,
  Body extends zod.ZodType,
  Answer extends zod.ZodType,
> extends RouteSpecification {
  /** One key for each `{name}` of the path. */
  readonly params?: Params;
  /** A strict object: unknown parameters are refused. */
  readonly query?: Query;
  /** Without one a body is not looked at. */
  readonly body?: Body;
  /** Largest body, bytes; default from the configuration. */
  readonly bodyLimitBytes?: number;
  /** Request headers, for the description; handlers read them themselves. */
  readonly headers?: zod.ZodObject;
  /** Media type of an answer that is not JSON; its handler answers the text. */
  readonly mediaType?: string;
  readonly answer: Answer;
  /** The status of an answer, one of `answerStatuses`. Default 200. */
  readonly answerStatus?: (answer: zod.output<Answer>) => number;
  /** Every status an answer can have. Default 200 alone. */
  readonly answerStatuses?: readonly number[];
  handle(
    call: RouteCall<zod.output<Params>, zod.output<Query>, zod.output<Body>>,
  ): Promise<zod.input<Answer>>;
}

/** A route that answers with server-sent events. A token is taken from the header or a one-time ticket. */
export interface StreamDeclaration<Query extends zod.ZodType> extends RouteSpecification {
  readonly method: 'get';
  /** Strict; `ticket` is added. */
  readonly query?: Query;
  /** The form of one event's data. */
  readonly event: zod.ZodType;
  open(call: RouteCall<unknown, zod.output<Query>, undefined>): Promise<EventStream>;
}

/** A declared route, its types forgotten. */
export type Route =
  | ({ readonly kind: 'call' } & RouteDeclaration<zod.ZodType, zod.ZodType, zod.ZodType, zod.ZodType>)
  | ({ readonly kind: 'stream' } & StreamDeclaration<zod.ZodType>);

/** Declares a route; the handler's types follow from the schemas. */
export function route<
  Params extends zod.ZodType = zod.ZodUndefined,
  Query extends zod.ZodType = zod.ZodUndefined,
  Body extends zod.ZodType = zod.ZodUndefined,
  Answer extends zod.ZodType = zod.ZodUndefined,
>(declaration: RouteDeclaration<Params, Query, Body, Answer>): Route {
  return { kind: 'call', ...declaration } as unknown as Route;
}

/** Declares a route that answers with server-sent events. */
export function streamRoute<Query extends zod.ZodType = zod.ZodUndefined>(
  declaration: StreamDeclaration<Query>,
): Route {
  return { kind: 'stream', ...declaration } as unknown as Route;
}
