import type { ErrorRequestHandler, Response } from 'express';
import { InvalidCursorError } from '@rowbridge/control-store';
import { httpStatusFor, RowbridgeError } from '@rowbridge/errors';
import { currentTraceId, type Logger } from '@rowbridge/observability';
import { requestFacts } from './observe-requests.js';
import { problemBody, RequestProblem } from './request-problem.js';

/** Turns whatever a request failed with into RFC 9457; what nobody expected is logged and says nothing outside. */
export function answerProblems(logger: Logger): ErrorRequestHandler {
  const answer = (...[failure, , response]: Parameters<ErrorRequestHandler>): void => {
    const problem = problemOf(failure);
    requestFacts(response).errorCode = problem.code;
    if (problem.status >= 500) {
      logger.error({ err: problem.options.cause ?? failure, operation: 'request' }, problem.message);
    }
    if (response.headersSent) {
      response.destroy();
      return;
    }
    sendProblem(response, problem);
  };
  // Express knows those that take failures by their four parameters.
  return Object.defineProperty(answer, 'length', { value: 4 });
}

function sendProblem(response: Response, problem: RequestProblem): void {
  for (const [name, value] of Object.entries(problem.options.headers ?? {})) response.set(name, value);
  response
    .status(problem.status)
    .type('application/problem+json')
    .send(JSON.stringify(problemBody(problem, currentTraceId() ?? '')));
}

function problemOf(failure: unknown): RequestProblem {
  if (failure instanceof RequestProblem) return failure;
  if (failure instanceof InvalidCursorError) {
    const place = { in: 'query', pointer: '/cursor', detail: failure.message } as const;
    return new RequestProblem('request_invalid', `The cursor cannot be used: ${failure.message}.`, {
      places: [place],
    });
  }
  if (failure instanceof RowbridgeError && httpStatusFor(failure.code) !== 500) {
    return new RequestProblem(failure.code, failure.message, { cause: failure });
  }
  return parserProblem(failure) ?? unexpected(failure);
}

/** Express and its body parser mark what the request is to blame for by a status; their texts may quote the body. */
function parserProblem(failure: unknown): RequestProblem | null {
  const { status, type } = Object(failure) as { status?: unknown; type?: unknown };
  if (typeof status !== 'number' || status < 400 || status >= 500) return null;
  switch (status) {
    case 413:
      return new RequestProblem('body_too_large', 'The body is larger than this operation takes.');
    case 415:
      return new RequestProblem('media_type_unsupported', 'The body is not in a form that can be read.');
    default: {
      const isBody = type === 'entity.parse.failed';
      const text = isBody ? 'The body is not JSON.' : 'The request cannot be read.';
      const place = { in: isBody ? 'body' : 'path', pointer: '', detail: 'cannot be parsed' } as const;
      return new RequestProblem('request_invalid', text, { places: [place] });
    }
  }
}

function unexpected(failure: unknown): RequestProblem {
  return new RequestProblem('internal_error', 'Something happened that should not have; the log says more.', {
    cause: failure,
  });
}
