export { ownTopicDeclarations } from './direction-topics.js';
export { runDirection, type DirectionDefinition } from './run-direction.js';
export { takeReplays, type ReplayIntake } from './take-replays.js';
