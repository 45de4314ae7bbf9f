import type { EngineFamily, PairDeclaration, TablePlan } from '@rowbridge/mapping';
import { deriveDirectionPlan } from '@rowbridge/mapping';
import type { DirectionPlan, ColumnDeclaration } from '@rowbridge/mapping';
import type { LogicalType } from '@rowbridge/change-event';

/** Name of the direction the suite writes under. */
export const contractDirection = 'origin-to-target';

function column(name: string, type: LogicalType, more: Partial<ColumnDeclaration> = {}): ColumnDeclaration {
  return { names: { origin: name, target: name }, type, ...more };
}

/**
 * Three tables every writer's harness makes in its own dialect:
 * `people(id, full_name, email unique, nickname unique, balance, short_text of 5 characters, seen_at of 6 digits,
 * created_at of 3 digits, small_number of 16 bits)`; `notes(id, person_id → people, title)` without `sync_source`;
 * `samples(id, amount decimal(12,4), ratio float64, agreed boolean, met_at wall clock of 6 digits, born date, token
 * uuid, settings json, picture bytes, remark text)`. All columns but key, e-mail and person are nullable.
 */
export function contractPair(targetFamily: EngineFamily, targetSchema: string): PairDeclaration {
  const policy = {
    conflictPolicy: { strategy: 'source_priority', prioritySide: 'origin' },
    deleteVersusUpdate: 'update_wins',
    seededFrom: 'origin',
    generatedKey: { names: { origin: 'id', target: 'id' }, type: 'int64' },
  } as const;
  const both = (name: string): Record<string, string> => ({ origin: name, target: name });
  return {
    name: 'contract',
    sides: [
      {
        name: 'origin',
        engineFamily: targetFamily === 'postgres' ? 'mysql' : 'postgres',
        topicPrefix: 'origin',
        schema: 'origin',
        writtenBy: { direction: 'target-to-origin', consumerGroup: 'contract-reverse' },
      },
      {
        name: 'target',
        engineFamily: targetFamily,
        topicPrefix: 'target',
        schema: targetSchema,
        writtenBy: { direction: contractDirection, consumerGroup: 'contract' },
      },
    ],
    tables: [
      {
        ...policy,
        entity: 'person',
        tables: both('people'),
        naturalKey: ['email'],
        columns: [
          column('full_name', 'text'),
          column('email', 'text'),
          column('nickname', 'text'),
          column('balance', 'int64'),
          column('short_text', 'text'),
          column('seen_at', 'instant'),
          column('created_at', 'instant'),
          column('small_number', 'int64'),
        ],
      },
      {
        ...policy,
        entity: 'note',
        tables: both('notes'),
        naturalKey: ['title'],
        columns: [column('person_id', 'int64', { references: 'person' }), column('title', 'text')],
      },
      {
        ...policy,
        entity: 'sample',
        tables: both('samples'),
        naturalKey: ['remark'],
        columns: [
          column('amount', 'decimal'),
          column('ratio', 'float64'),
          column('agreed', 'boolean'),
          column('met_at', 'wall_clock'),
          column('born', 'date'),
          column('token', 'uuid'),
          column('settings', 'json'),
          column('picture', 'bytes'),
          column('remark', 'text'),
        ],
      },
    ],
  };
}

export function contractPlan(targetFamily: EngineFamily, targetSchema: string): DirectionPlan {
  return deriveDirectionPlan(contractPair(targetFamily, targetSchema), 'origin');
}

const anyPlan = contractPlan('postgres', 'public');

function planned(entity: string): TablePlan {
  const table = anyPlan.tables.find((candidate) => candidate.entity === entity);
  if (!table) throw new TypeError(`the contract has no entity ${entity}`);
  return table;
}

/** Targets know tables by entity, so these serve every engine. */
export const people = planned('person');
export const notes = planned('note');
export const samples = planned('sample');
