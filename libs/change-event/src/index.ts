export * from './logical-value.js';
export * from './row-key.js';
export * from './source-position.js';
export * from './change-event.js';
