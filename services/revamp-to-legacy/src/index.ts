export { revampToLegacy } from './direction.js';
