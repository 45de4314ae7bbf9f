import * as zod from 'zod';
import { instantSchema } from './paging.js';

export const streamTicketSchema = zod
  .object({
    ticket: zod.string().describe('For the query parameter `ticket` of an event stream. Good once.'),
    expiresAt: instantSchema,
  })
  .meta({ id: 'StreamTicket' });
