import { createHash } from 'node:crypto';
import type * as zod from 'zod';

/** What a token of the control API may do: see, steer, act on dead letters, see personal data. */
export const tokenScopes = ['read', 'operate', 'replay', 'unmask'] as const;

export type TokenScope = (typeof tokenScopes)[number];

/** One token of the control API; the token itself is not kept. */
export interface ApiToken {
  /** For logs and the audit log. */
  readonly name: string;
  readonly scopes: ReadonlySet<TokenScope>;
  /** SHA-256 of the token. */
  readonly digest: Buffer;
}

const leastTokenLength = 16;
const nameForm = /^[A-Za-z0-9._-]{1,64}$/;
const digestForm = /^sha256:([0-9a-f]{64})$/;

/**
 * Reads tokens, one a line or separated by semicolons: `<name> <scope>[,<scope>…] <token>`. In place of the token its
 * digest may stand, `sha256:<64 hexadecimal digits>`. Problems go to `context` and never quote a token.
 */
export function readApiTokens(text: string, context: zod.RefinementCtx): readonly ApiToken[] {
  const tokens: ApiToken[] = [];
  const lines = text.split(/[;\n]/).map((line) => line.trim());
  for (const [index, line] of lines.entries()) {
    if (line === '' || line.startsWith('#')) continue;
    const reading = readLine(line);
    if (typeof reading === 'string') refuse(context, `entry ${index + 1}: ${reading}`);
    else tokens.push(reading);
  }
  if (tokens.length === 0) refuse(context, 'holds no token; allowed: lines of <name> <scopes> <token>');
  for (const { name } of tokens) {
    if (tokens.filter((token) => token.name === name).length > 1) {
      refuse(context, `the name ${name} stands more than once; allowed: one token a name`);
      break;
    }
  }
  return tokens;
}

/** @returns what is wrong with the line, without quoting it, or the token */
function readLine(line: string): ApiToken | string {
  const [name = '', scopeWords = '', token = '', ...rest] = line.split(/\s+/);
  if (token === '' || rest.length > 0) return 'allowed: <name> <scope>[,<scope>…] <token>';
  if (!nameForm.test(name))
    return 'the name may hold letters, digits, dots, dashes and underscores, up to 64';
  const scopes = scopeWords.split(',').map((word) => tokenScopes.find((scope) => scope === word));
  if (scopes.includes(undefined)) return `the scopes of ${name} may be ${tokenScopes.join(', ')}`;
  const digest = digestForm.exec(token)?.[1];
  if (digest === undefined && token.length < leastTokenLength) {
    return `the token of ${name} is shorter than ${leastTokenLength} characters`;
  }
  return {
    name,
    scopes: new Set(scopes.filter((scope) => scope !== undefined)),
    digest: digest === undefined ? createHash('sha256').update(token).digest() : Buffer.from(digest, 'hex'),
  };
}

function refuse(context: zod.RefinementCtx, message: string): void {
  context.addIssue({ code: 'custom', message });
}
