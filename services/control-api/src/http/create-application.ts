import type { ApiToken } from '@rowbridge/config';
import type { Logger } from '@rowbridge/observability';
import cors from 'cors';
import express, { type Express, type RequestHandler, type Response } from 'express';
import helmet from 'helmet';
import { answerProblems } from './answer-problems.js';
import { authenticate } from './authenticate.js';
import type { HttpMetrics } from './http-metrics.js';
import { expressPath } from './express-path.js';
import { mountRoute } from './mount-route.js';
import { observeRequests, requestFacts } from './observe-requests.js';
import { createRateLimits, type RateLimitSettings } from './rate-limits.js';
import { RequestProblem } from './request-problem.js';
import type { Route } from './route.js';
import type { StreamTickets } from './stream-tickets.js';
import { TokenBook } from './token-book.js';

export interface ApplicationOptions {
  readonly routes: readonly Route[];
  readonly tokens: readonly ApiToken[];
  readonly tickets: StreamTickets;
  readonly rateLimit: RateLimitSettings;
  readonly corsOrigins: readonly string[];
  readonly trustedProxies: number;
  readonly bodyLimitBytes: number;
  readonly logger: Logger;
  readonly metrics: HttpMetrics;
}

/** The API as an Express application: what every request passes, then the declared routes, then the refusals. */
export function createApplication(options: ApplicationOptions): Express {
  const { routes, logger, metrics } = options;
  const application = express();
  application.disable('x-powered-by');
  application.disable('etag');
  application.set('query parser', 'simple');
  application.set('trust proxy', options.trustedProxies);
  application.use(observeRequests(logger, metrics));
  application.use(securityHeaders(), crossOrigin(options.corsOrigins));
  const limits = createRateLimits(
    options.rateLimit,
    (request) => requestFacts(request.res as Response).caller,
  );
  const tokens = new TokenBook(options.tokens);
  for (const declared of routes) {
    const guards = [authenticate({ declared, tokens, tickets: options.tickets, limits }), limits.requests];
    mountRoute(application, { declared, guards, bodyLimitBytes: options.bodyLimitBytes });
  }
  for (const [path, methods] of methodsByPath(routes)) application.all(path, refuseMethod(methods));
  application.use(limits.requests, (_request, _response, next) =>
    next(new RequestProblem('not_found', 'There is no such address; /openapi.json lists what there is.')),
  );
  application.use(answerProblems(logger));
  return application;
}

function securityHeaders(): RequestHandler {
  const strict = helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: { 'default-src': ["'none'"], 'frame-ancestors': ["'none'"] },
    },
    referrerPolicy: { policy: 'no-referrer' },
    crossOriginResourcePolicy: { policy: 'same-origin' },
  });
  return (request, response, next) => {
    response.set('cache-control', 'no-store');
    strict(request, response, next);
  };
}

/** Pages of listed origins may call; all others get no header that would let them read an answer. */
function crossOrigin(origins: readonly string[]): RequestHandler {
  const allowed = new Set(origins.map((origin) => new URL(origin).origin));
  return cors({
    origin: (origin, answer) => answer(null, origin !== undefined && allowed.has(origin)),
    methods: ['GET', 'POST', 'PUT'],
    allowedHeaders: ['authorization', 'content-type', 'if-match', 'last-event-id', 'traceparent'],
    exposedHeaders: ['etag', 'retry-after', 'ratelimit'],
    maxAge: 600,
  });
}

function methodsByPath(routes: readonly Route[]): ReadonlyMap<string, readonly string[]> {
  const methods = new Map<string, string[]>();
  for (const { path, method } of routes) {
    const known = methods.get(expressPath(path)) ?? [];
    methods.set(expressPath(path), [...known, method.toUpperCase()]);
  }
  return methods;
}

function refuseMethod(methods: readonly string[]): RequestHandler {
  return (_request, _response, next) =>
    next(
      new RequestProblem('method_not_allowed', `This address takes ${methods.join(', ')}.`, {
        headers: { allow: methods.join(', ') },
      }),
    );
}
