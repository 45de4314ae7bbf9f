import type { DirectionDefinition } from '@rowbridge/direction-host';
import { legacyRevamp } from '@rowbridge/pair-legacy-revamp';

/** The direction of the legacy-revamp pair that reads legacy. */
export const legacyToRevamp: DirectionDefinition = { pair: legacyRevamp, sourceSide: 'legacy' };
