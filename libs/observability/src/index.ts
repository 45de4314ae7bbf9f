export {
  createLogger,
  currentTraceId,
  withTrace,
  type Logger,
  type LoggerOptions,
  type LogLevel,
} from './logger.js';
export { exportCertificateExpiry, type WatchedCertificate } from './certificate-expiry.js';
export { createDirectionMetrics, type DirectionMetrics } from './direction-metrics.js';
export {
  startHealthServer,
  type HealthCheck,
  type HealthReport,
  type HealthServer,
  type HealthServerOptions,
} from './health-server.js';
export { loggableError, type LoggableError } from './loggable-error.js';
export {
  createRateLimitedWarning,
  type RateLimitedWarning,
  type RateLimitedWarningOptions,
} from './rate-limited-warning.js';
