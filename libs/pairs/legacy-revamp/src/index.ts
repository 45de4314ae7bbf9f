export { legacyRevamp } from './pair.js';
