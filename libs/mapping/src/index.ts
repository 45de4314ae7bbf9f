export * from './pair.js';
export * from './direction-plan.js';
export * from './map-image.js';
export * from './verify-pair.js';
