import { deriveDirectionPlan, mapImage, verifyPair, type TwinLookup } from '@rowbridge/mapping';
import likesCases from './mappings/likes.cases.json' with { type: 'json' };
import postsCases from './mappings/posts.cases.json' with { type: 'json' };
import usersCases from './mappings/users.cases.json' with { type: 'json' };
import { legacyRevamp } from './pair.js';

type Image = Readonly<Record<string, string | null>>;

interface MappingCase {
  readonly title: string;
  readonly twins?: readonly { readonly entity: string; readonly legacy: string; readonly revamp: string }[];
  readonly legacy?: Image;
  readonly revamp?: Image;
  readonly refused?: string;
}

const sides = ['legacy', 'revamp'] as const;
const casesByEntity: Readonly<Record<string, readonly MappingCase[]>> = {
  users: usersCases as readonly MappingCase[],
  posts: postsCases as readonly MappingCase[],
  likes: likesCases as readonly MappingCase[],
};

function carry(entity: string, from: (typeof sides)[number], example: MappingCase): unknown {
  const plan = deriveDirectionPlan(legacyRevamp, from).tables.find((table) => table.entity === entity);
  if (!plan) throw new Error(`no entity ${entity}`);
  const to = from === 'legacy' ? 'revamp' : 'legacy';
  const twins: TwinLookup = (parent, key) =>
    example.twins?.find((twin) => twin.entity === parent && twin[from] === key)?.[to];
  const mapped = mapImage(plan, example[from] ?? {}, twins);
  if (mapped.kind === 'mapped') return mapped.values;
  return mapped.kind === 'refused' ? mapped.errorCode : mapped.kind;
}

describe('the legacy-revamp pair', () => {
  it('is sound: its two halves invert each other', () => {
    expect(verifyPair(legacyRevamp)).toEqual([]);
  });

  it.each(sides)('has cases for every entity as read from %s', (side) => {
    const plan = deriveDirectionPlan(legacyRevamp, side);
    expect(plan.tables.map((table) => table.entity)).toEqual(Object.keys(casesByEntity));
  });

  describe.each(Object.entries(casesByEntity))('%s', (entity, cases) => {
    it.each(cases)('I8: $title', (example) => {
      for (const from of sides) {
        if (example[from] === undefined) continue;
        const to = from === 'legacy' ? 'revamp' : 'legacy';
        expect(carry(entity, from, example)).toEqual(example.refused ?? example[to]);
      }
    });
  });
});
