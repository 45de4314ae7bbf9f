export { legacyToRevamp } from './direction.js';
