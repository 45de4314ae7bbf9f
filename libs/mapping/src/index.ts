export * from './pair.js';
export * from './direction-plan.js';
