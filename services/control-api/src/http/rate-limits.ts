import type { Request, RequestHandler } from 'express';
import { ipKeyGenerator, rateLimit } from 'express-rate-limit';
import { RequestProblem } from './request-problem.js';

export interface RateLimitSettings {
  readonly windowMs: number;
  readonly requests: number;
  readonly failedAuthentications: number;
}

export interface RateLimits {
  /** Counts by token and address; by address alone where there is no token. */
  readonly requests: RequestHandler;
  /** Counts requests with a wrong or missing token by address. A right token is never held up by wrong ones. */
  readonly failedAuthentications: RequestHandler;
}

/** @param callerOf the name of the request's token; empty without one */
export function createRateLimits(
  { windowMs, requests, failedAuthentications }: RateLimitSettings,
  callerOf: (request: Request) => string,
): RateLimits {
  const shared = {
    windowMs,
    standardHeaders: 'draft-8' as const,
    legacyHeaders: false,
    // Its checks of the set-up write to the console, at a request's wish.
    validate: false,
    handler: ((_request, _response, next) =>
      next(
        new RequestProblem(
          'too_many_requests',
          'More requests than allowed; the header Retry-After says when to go on.',
        ),
      )) satisfies RequestHandler,
  };
  const addressOf = (request: Request): string => ipKeyGenerator(request.ip ?? '');
  return {
    requests: rateLimit({
      ...shared,
      limit: requests,
      keyGenerator: (request) => `${callerOf(request)}|${addressOf(request)}`,
    }),
    failedAuthentications: rateLimit({ ...shared, limit: failedAuthentications, keyGenerator: addressOf }),
  };
}
