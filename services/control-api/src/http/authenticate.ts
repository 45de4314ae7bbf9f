import type { RequestHandler } from 'express';
import type { Caller } from './caller.js';
import { anonymous } from './caller.js';
import { requestFacts } from './observe-requests.js';
import type { RateLimits } from './rate-limits.js';
import { RequestProblem } from './request-problem.js';
import type { Route } from './route.js';
import type { StreamTickets } from './stream-tickets.js';
import { bearerToken, type TokenBook } from './token-book.js';

export interface AuthenticationOptions {
  readonly declared: Route;
  readonly tokens: TokenBook;
  readonly tickets: StreamTickets;
  readonly limits: RateLimits;
}

const callers = new WeakMap<object, Caller>();

/** Who makes the request; {@link authenticate} has run. */
export function callerOf(request: object): Caller {
  return callers.get(request) ?? anonymous;
}

/** Lets through whom the route's scope lets through: 401 without a valid token, 403 without its scope. */
export function authenticate({ declared, tokens, tickets, limits }: AuthenticationOptions): RequestHandler {
  const { scope, path } = declared;
  return (request, response, next) => {
    const facts = requestFacts(response);
    facts.route = path;
    if (scope === null) {
      next();
      return;
    }
    const token = bearerToken(request.get('authorization'));
    const { ticket } = request.query;
    const mayUseTicket = declared.kind === 'stream' && token === null && typeof ticket === 'string';
    const caller = mayUseTicket ? tickets.redeem(ticket) : token === null ? null : tokens.callerOf(token);
    if (caller === null) {
      limits.failedAuthentications(request, response, (limited?: unknown) =>
        next(limited ?? unauthenticated(token !== null || mayUseTicket)),
      );
      return;
    }
    callers.set(request, caller);
    facts.caller = caller.name;
    next(caller.scopes.has(scope) ? undefined : scopeMissing(caller, scope));
  };
}

function unauthenticated(wasGiven: boolean): RequestProblem {
  const text = wasGiven ? 'The token or ticket is not valid.' : 'This operation asks for a token.';
  const challenge = wasGiven ? 'Bearer realm="rowbridge", error="invalid_token"' : 'Bearer realm="rowbridge"';
  return new RequestProblem('unauthenticated', text, { headers: { 'www-authenticate': challenge } });
}

function scopeMissing({ name }: Caller, scope: string): RequestProblem {
  return new RequestProblem('scope_missing', `The token ${name} does not have the scope ${scope}.`, {
    requiredScope: scope,
    headers: { 'www-authenticate': `Bearer realm="rowbridge", error="insufficient_scope", scope="${scope}"` },
  });
}
