import type { TableDeclaration } from '@rowbridge/mapping';

/** Users recognise each other by e-mail, compared byte for byte. */
export const users: TableDeclaration = {
  entity: 'users',
  tables: { legacy: 'legacy_users', revamp: 'revamp_users' },
  generatedKey: { names: { legacy: 'id', revamp: 'id' }, type: 'int64' },
  naturalKey: ['email'],
  columns: [
    { names: { legacy: 'username', revamp: 'user_name' }, type: 'text' },
    { names: { legacy: 'email', revamp: 'email_address' }, type: 'text', pii: true },
    { names: { legacy: 'full_name', revamp: 'display_name' }, type: 'text', pii: true },
    { names: { legacy: 'phone_number', revamp: 'mobile' }, type: 'text', pii: true },
    {
      names: { legacy: 'status', revamp: 'account_status' },
      type: 'text',
      words: {
        active: 'ACTIVE',
        inactive: 'INACTIVE',
        suspended: 'SUSPENDED',
        pending: 'PENDING_VERIFICATION',
      },
    },
    { names: { legacy: 'created_at', revamp: 'created_at' }, type: 'instant' },
    { names: { legacy: 'updated_at', revamp: 'updated_at' }, type: 'instant' },
  ],
  conflictPolicy: { strategy: 'last_write_wins', timestampColumn: 'updated_at', prioritySide: 'legacy' },
  deleteVersusUpdate: 'update_wins',
  seededFrom: 'legacy',
};
