import { inspect } from 'node:util';
import * as zod from 'zod';

const redacted = '[redacted]';

/** A password, token or key. Prints as `[redacted]` wherever it is logged, joined into a text or turned into JSON. */
export class Secret {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  /** The secret itself; call it only where it is handed to a client library. */
  reveal(): string {
    return this.#text;
  }

  toString(): string {
    return redacted;
  }

  toJSON(): string {
    return redacted;
  }

  [inspect.custom](): string {
    return redacted;
  }
}

/** A key that holds a secret: a text in the file or the environment, a {@link Secret} in the configuration. */
export function secret(description: string): zod.ZodPipe<zod.ZodString, zod.ZodTransform<Secret, string>> {
  return zod
    .string()
    .min(1)
    .meta({ description, writeOnly: true })
    .transform((text) => new Secret(text));
}
