export { runDirection, type DirectionDefinition } from './run-direction.js';
