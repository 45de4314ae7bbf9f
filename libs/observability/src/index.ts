export { createLogger, withTrace, type Logger, type LoggerOptions, type LogLevel } from './logger.js';
export { createDirectionMetrics, type DirectionMetrics } from './direction-metrics.js';
export { startHealthServer, type HealthCheck, type HealthReport, type HealthServer, type HealthServerOptions } from './health-server.js';
