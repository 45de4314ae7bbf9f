const secretProperty = /password|passphrase|secret|token|jaas|user\.info|credential|ssl\.key|private\.key/i;
const secretAssignment =
  /((?:password|passphrase|secret|token)["']?\s*[=:]\s*)("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|[^\s,;&})\]]+)/gi;

export const maskedSecret = '***';

/** Whether the value of a configuration property must never be shown. */
export function isSecretProperty(property: string): boolean {
  return secretProperty.test(property);
}

/** Remembers the secrets of every configuration that passed through, and takes them out of text. */
export class SecretMask {
  readonly #secrets = new Set<string>();

  learn(configuration: Readonly<Record<string, string>>): void {
    for (const [property, value] of Object.entries(configuration)) {
      if (value === '' || !isSecretProperty(property)) continue;
      for (const form of [value, JSON.stringify(value).slice(1, -1), encodeURIComponent(value)]) {
        this.#secrets.add(form);
      }
    }
  }

  /** The text without any learned secret, longest first, and without what follows `password=` and the like. */
  hide(text: string): string {
    const longestFirst = [...this.#secrets].sort((left, right) => right.length - left.length);
    const withoutLearned = longestFirst.reduce(
      (hidden, secret) => hidden.replaceAll(secret, maskedSecret),
      text,
    );
    return withoutLearned.replaceAll(secretAssignment, `$1${maskedSecret}`);
  }
}
