export interface ConnectRequestFailure {
  /** HTTP status, or null when no answer came. */
  readonly status: number | null;
  /** What was asked for, such as `createOrUpdate`. */
  readonly operation: string;
  readonly connector: string | null;
  /** What Kafka Connect said, free of secrets. */
  readonly message: string;
}

/** A request Kafka Connect refused, failed or did not answer. Its texts hold no secret of any configuration. */
export class ConnectRequestError extends Error {
  override readonly name = 'ConnectRequestError';
  readonly status: number | null;
  readonly operation: string;
  readonly connector: string | null;

  constructor(failure: ConnectRequestFailure) {
    super(failure.message);
    this.status = failure.status;
    this.operation = failure.operation;
    this.connector = failure.connector;
  }

  /** No answer came: the worker may be down, starting or unreachable. */
  get unreachable(): boolean {
    return this.status === null;
  }
}
