import type { LogicalType } from '@rowbridge/change-event';
import type { ColumnDeclaration, PairDeclaration, TableDeclaration } from '@rowbridge/mapping';
import type { LiveCodec } from '../live-rows/live-pair.js';

function column(name: string, type: LogicalType): ColumnDeclaration {
  return { names: { left: name, right: name }, type };
}

const largeColumns = [
  column('title', 'text'),
  column('body', 'text'),
  column('picture', 'bytes'),
  column('settings', 'json'),
  column('labels', 'array'),
  column('numbers', 'array'),
];

function table(entity: string, flow: { oneWayFrom?: string }): TableDeclaration {
  return {
    ...flow,
    entity,
    tables: { left: entity.split('_')[0] ?? '', right: entity.split('_')[0] ?? '' },
    sharedKey: [column('id', 'int64')],
    columns: largeColumns,
    conflictPolicy: { strategy: 'source_priority', prioritySide: 'left' },
    deleteVersusUpdate: 'update_wins',
    seededFrom: 'left',
  };
}

/** `documents` flows one way at the default replica identity; `articles` flows both ways with whole before-images. */
export function toastPair(codec: LiveCodec): PairDeclaration {
  return {
    name: `toast-${codec}`,
    sides: [
      {
        name: 'left',
        engineFamily: 'postgres',
        topicPrefix: `toast-${codec}-left`,
        schema: 'public',
        writtenBy: { direction: `toast-${codec}-right-to-left`, consumerGroup: `toast-${codec}-left` },
      },
      {
        name: 'right',
        engineFamily: 'mysql',
        topicPrefix: `toast-${codec}-right`,
        schema: `toast_${codec}`,
        writtenBy: { direction: `toast-${codec}-left-to-right`, consumerGroup: `toast-${codec}-right` },
      },
    ],
    tables: [table(`documents_${codec}`, { oneWayFrom: 'left' }), table(`articles_${codec}`, {})],
  };
}

const large = ['body', 'picture', 'settings', 'labels', 'numbers'];

/** Large values are kept out of line and uncompressed, so that the log leaves them out where an update does. */
export const toastSchema = {
  left: ['documents', 'articles']
    .map(
      (name) =>
        `create table ${name} (id bigint primary key, title text, body text, picture bytea, settings jsonb,
           labels text[], numbers bigint[]);
         ${large.map((each) => `alter table ${name} alter column ${each} set storage external;`).join(' ')}`,
    )
    .concat('alter table articles replica identity full;')
    .join('\n'),
  right: ['documents', 'articles']
    .map(
      (name) =>
        `create table ${name} (id bigint primary key, title text, body longtext, picture longblob, settings json,
           labels json, numbers json, own text);`,
    )
    .join('\n'),
};
