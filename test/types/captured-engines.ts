import type { EngineName } from './type-column.js';

/** The engines of which every type was captured: the folder of their fixtures, and what they are. */
export const capturedEngines: readonly (readonly [folder: string, engine: EngineName])[] = [
  ['postgres-16', 'postgres'],
  ['postgres-17', 'postgres'],
  ['postgres-18', 'postgres'],
  ['mysql-8.0', 'mysql8'],
  ['mariadb-11.4', 'mariadb'],
];

export const codecs = ['avro', 'json'] as const;
