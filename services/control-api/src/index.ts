export type { ApiContext, ApiModule, CreateModule, PooledDatabase, SideDatabase } from './api-context.js';
export { serveControlApi, type ControlApi } from './control-api.js';
export { EventStream, type EventStreamOptions } from './event-stream.js';
export { createModules } from './modules.js';
export { openContext, type ContextOptions, type OpenContext } from './open-context.js';
