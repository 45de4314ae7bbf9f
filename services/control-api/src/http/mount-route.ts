import express, { type Express, type Request, type RequestHandler, type Response } from 'express';
import { callerOf } from './authenticate.js';
import { expressPath } from './express-path.js';
import { RequestProblem } from './request-problem.js';
import type { Route, RouteCall } from './route.js';
import { validateRequest } from './validate-request.js';

export interface MountOptions {
  readonly declared: Route;
  /** What a request passes before its body is read. */
  readonly guards: readonly RequestHandler[];
  readonly bodyLimitBytes: number;
}

/** Puts one declared route into the application. */
export function mountRoute(application: Express, { declared, guards, bodyLimitBytes }: MountOptions): void {
  const { method, path } = declared;
  const handler = declared.kind === 'call' ? answerCall(declared) : openStream(declared);
  const limit = (declared.kind === 'call' ? declared.bodyLimitBytes : undefined) ?? bodyLimitBytes;
  const takesBody = declared.kind === 'call' && declared.body !== undefined;
  const readBody = takesBody
    ? [requireJson, express.json({ limit, strict: false })]
    : [refuseLargeBody(limit)];
  application[method](expressPath(path), ...guards, ...readBody, handler);
}

function answerCall(declared: Route & { kind: 'call' }): RequestHandler {
  const { answerStatus = () => 200, mediaType } = declared;
  return async (request, response) => {
    const values = validateRequest([
      { name: 'path', schema: declared.params, found: { ...request.params } },
      { name: 'query', schema: declared.query, found: { ...request.query } },
      { name: 'body', schema: declared.body, found: request.body },
    ]);
    const answer: unknown = await declared.handle(callOf(request, response, values));
    response.status(answerStatus(answer));
    if (mediaType === undefined) response.json(answer);
    else response.type(mediaType).send(answer);
  };
}

function openStream(declared: Route & { kind: 'stream' }): RequestHandler {
  return async (request, response) => {
    const { ticket: _ticket, ...query } = request.query;
    const values = validateRequest([{ name: 'query', schema: declared.query, found: query }]);
    const stream = await declared.open({ ...callOf(request, response, values), body: undefined });
    stream.connect(request, response);
  };
}

function callOf(
  request: Request,
  response: Response,
  values: ReturnType<typeof validateRequest>,
): RouteCall<unknown, unknown, unknown> {
  return {
    params: values.path,
    query: values.query,
    body: values.body,
    caller: callerOf(request),
    header: (name) => request.get(name),
    answerHeader: (name, value) => void response.set(name, value),
  };
}

/** A body in another form is refused as such, and a missing one by the schema. */
const requireJson: RequestHandler = (request, _response, next) => {
  const hasBody =
    request.headers['transfer-encoding'] !== undefined || Number(request.headers['content-length']) > 0;
  const isJson = request.is('application/json') !== false;
  next(
    hasBody && !isJson
      ? new RequestProblem('media_type_unsupported', 'The body must be application/json.')
      : undefined,
  );
};

/** Where no body is taken, one is not read; an announced flood is refused all the same. */
function refuseLargeBody(limit: number): RequestHandler {
  return (request, _response, next) =>
    next(
      Number(request.headers['content-length'] ?? 0) > limit
        ? new RequestProblem('body_too_large', 'The body is larger than this operation takes.')
        : undefined,
    );
}
