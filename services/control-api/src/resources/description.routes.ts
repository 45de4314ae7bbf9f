import * as zod from 'zod';
import type { CreateModule } from '../api-context.js';
import { route } from '../http/route.js';

/** The description of the API by itself; filled once all routes are known. */
export const descriptionModule: CreateModule = ({ description }) => ({
  routes: [
    route({
      method: 'get',
      path: '/openapi.json',
      operationId: 'describeApi',
      summary: 'This description, OpenAPI 3.1',
      tag: 'description',
      scope: null,
      answer: zod.looseObject({ openapi: zod.string() }),
      handle: async () => description.read() as { openapi: string },
    }),
  ],
});
