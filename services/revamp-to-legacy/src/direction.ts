import type { DirectionDefinition } from '@rowbridge/direction-host';
import { legacyRevamp } from '@rowbridge/pair-legacy-revamp';

/** The direction of the legacy-revamp pair that reads revamp. */
export const revampToLegacy: DirectionDefinition = { pair: legacyRevamp, sourceSide: 'revamp' };
