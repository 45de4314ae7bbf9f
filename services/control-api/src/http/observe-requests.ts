import { AsyncResource } from 'node:async_hooks';
import type { RequestHandler, Response } from 'express';
import { withTrace, type Logger } from '@rowbridge/observability';
import type { HttpMetrics } from './http-metrics.js';

/** What a request turned out to be, for its log line and its metrics. */
interface RequestFacts {
  /** The declared path; `unknown` where none fits. */
  route: string;
  caller: string;
  errorCode?: string;
}

const facts = new WeakMap<Response, RequestFacts>();

/** What is known of a request so far; may be added to. */
export function requestFacts(response: Response): RequestFacts {
  const known = facts.get(response) ?? { route: 'unknown', caller: '' };
  facts.set(response, known);
  return known;
}

/**
 * One log line and one measurement a request, under the trace of its `traceparent` or a new one. Neither holds an
 * address as it was asked for, a query, a header or a body.
 */
export function observeRequests(logger: Logger, metrics: HttpMetrics): RequestHandler {
  return (request, response, next) =>
    withTrace(request.get('traceparent') ?? null, () => {
      const begunAt = performance.now();
      metrics.begin();
      const finish = AsyncResource.bind(() => {
        const { route, caller, errorCode } = requestFacts(response);
        const { statusCode: status } = response;
        const seconds = (performance.now() - begunAt) / 1_000;
        metrics.end({ method: knownMethod(request.method), route, status, seconds });
        const line = { operation: 'request', method: knownMethod(request.method), route, status, caller };
        const level = status >= 500 ? 'warn' : 'info';
        logger[level](
          {
            ...line,
            durationMs: Math.round(seconds * 1e4) / 10,
            ...(errorCode !== undefined && { errorCode }),
          },
          `${line.method} ${route} ${status}`,
        );
      });
      response.once('close', finish);
      next();
    });
}

const methods = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);

function knownMethod(method: string): string {
  return methods.has(method) ? method : 'OTHER';
}
