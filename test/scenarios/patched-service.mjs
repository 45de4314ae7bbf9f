/* One direction of the legacy-revamp pair, deployed with a mapping patch as `schema_drift` records it. */
import { runDirection } from '@rowbridge/direction-host';
import { applyMappingPatch } from '@rowbridge/mapping';
import { legacyRevamp } from '@rowbridge/pair-legacy-revamp';

const { MAPPING_PATCH: patch = '[]', SOURCE_SIDE: sourceSide = 'legacy' } = process.env;

await runDirection({ pair: applyMappingPatch(legacyRevamp, JSON.parse(patch)), sourceSide });
