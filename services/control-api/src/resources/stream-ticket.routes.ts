import { streamTicketSchema } from '@rowbridge/control-protocol';
import type { CreateModule } from '../api-context.js';
import { route } from '../http/route.js';

export const streamTicketModule: CreateModule = ({ tickets }) => ({
  routes: [
    route({
      method: 'post',
      path: '/api/v1/stream-ticket',
      operationId: 'createStreamTicket',
      summary: 'A ticket with which a browser opens one event stream, without a token in an address',
      tag: 'streams',
      scope: 'read',
      answer: streamTicketSchema,
      answerStatuses: [201],
      answerStatus: () => 201,
      async handle({ caller }) {
        const { ticket, expiresAtMs } = tickets.issue(caller);
        return { ticket, expiresAt: new Date(expiresAtMs).toISOString() };
      },
    }),
  ],
});
