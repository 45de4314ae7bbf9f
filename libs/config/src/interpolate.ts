/** Environment variables by name, as in `process.env`. */
export type Environment = Readonly<Record<string, string | undefined>>;

export interface Interpolation {
  readonly text: string;
  /** Variables that are not set and have no default. */
  readonly missing: readonly string[];
}

const reference = /\$\$\{|\$\{([A-Za-z_][A-Za-z0-9_]*)(?::-([^}]*))?\}/g;

/** Whether a text holds a reference or an escaped one. */
export function hasReference(text: string): boolean {
  return text.search(reference) >= 0;
}

/**
 * Replaces `${NAME}` and `${NAME:-default}` by environment variables. As in a shell, `:-` gives the default also
 * where the variable is empty. `$${` stands for a literal `${`. A default cannot hold `}`.
 */
export function interpolate(text: string, environment: Environment): Interpolation {
  const missing: string[] = [];
  const replaced = text.replace(
    reference,
    (whole, name: string | undefined, fallback: string | undefined) => {
      if (name === undefined) return '${';
      const value = environment[name];
      if (value !== undefined && (value !== '' || fallback === undefined)) return value;
      if (fallback === undefined) missing.push(name);
      return fallback ?? whole;
    },
  );
  return { text: replaced, missing };
}
