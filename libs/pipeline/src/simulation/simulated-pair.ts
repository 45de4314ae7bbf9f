import {
  deriveDirectionPlan,
  type ConflictPolicy,
  type DeleteVersusUpdate,
  type TablePlan,
} from '@rowbridge/mapping';

export const words = ['one', 'two', 'three'] as const;

export interface SimulatedPolicy {
  readonly strategy: 'last_write_wins' | 'source_priority';
  readonly deleteVersusUpdate: DeleteVersusUpdate;
  /** Whether the table has a column that every edit sets to a new time. */
  readonly timestamped: boolean;
}

/** The two halves of a pair of one table: people known by e-mail, with ids of each side's own. */
export function simulatedPlans(policy: SimulatedPolicy): readonly [TablePlan, TablePlan] {
  const conflictPolicy: ConflictPolicy =
    policy.strategy === 'last_write_wins'
      ? { strategy: 'last_write_wins', timestampColumn: 'time', prioritySide: 'legacy' }
      : { strategy: 'source_priority', prioritySide: 'legacy' };
  const pair = {
    name: 'simulated',
    sides: [
      {
        name: 'legacy',
        engineFamily: 'postgres',
        topicPrefix: 'legacy',
        schema: 'public',
        writtenBy: { direction: 'revamp-to-legacy', consumerGroup: 'revamp' },
      },
      {
        name: 'revamp',
        engineFamily: 'mysql',
        topicPrefix: 'revamp',
        schema: 'revamp',
        writtenBy: { direction: 'legacy-to-revamp', consumerGroup: 'legacy' },
      },
    ],
    tables: [
      {
        entity: 'people',
        tables: { legacy: 'people', revamp: 'persons' },
        generatedKey: { names: { legacy: 'id', revamp: 'id' }, type: 'int64' },
        naturalKey: ['email'],
        columns: [
          { names: { legacy: 'email', revamp: 'email' }, type: 'text' },
          {
            names: { legacy: 'word', revamp: 'state' },
            type: 'text',
            words: { one: 'ONE', two: 'TWO', three: 'THREE' },
          },
          ...(policy.timestamped
            ? [{ names: { legacy: 'time', revamp: 'changed' }, type: 'instant' as const }]
            : []),
        ],
        conflictPolicy,
        deleteVersusUpdate: policy.deleteVersusUpdate,
        seededFrom: 'legacy',
      },
    ],
  } as const;
  const [forward] = deriveDirectionPlan(pair, 'legacy').tables;
  const [backward] = deriveDirectionPlan(pair, 'revamp').tables;
  if (!forward || !backward) throw new TypeError('the simulated pair has one table');
  return [forward, backward];
}
