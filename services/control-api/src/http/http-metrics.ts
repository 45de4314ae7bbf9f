import { Gauge, Histogram, type Registry } from 'prom-client';

const buckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

export interface HttpMetrics {
  begin(): void;
  /** @param route the path as declared, never as asked for: an address may hold anything */
  end(request: {
    readonly method: string;
    readonly route: string;
    readonly status: number;
    readonly seconds: number;
  }): void;
}

export function createHttpMetrics(registry: Registry): HttpMetrics {
  const duration = new Histogram({
    name: 'http_request_duration_seconds',
    help: 'Requests to the control API, from their first byte to the end of the answer',
    labelNames: ['method', 'route', 'status'],
    buckets,
    registers: [registry],
  });
  const inFlight = new Gauge({
    name: 'http_requests_in_flight',
    help: 'Requests being answered, open event streams included',
    registers: [registry],
  });
  return {
    begin: () => inFlight.inc(),
    end({ method, route, status, seconds }) {
      inFlight.dec();
      duration.observe({ method, route, status: String(status) }, seconds);
    },
  };
}
