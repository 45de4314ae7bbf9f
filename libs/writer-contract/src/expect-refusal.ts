import { RowbridgeError } from '@rowbridge/errors';
import type { ErrorCode } from '@rowbridge/errors';

/** The promise rejects with a RowbridgeError of the code, whose message and details repeat none of the given texts. */
export async function expectRefusal(
  promise: Promise<unknown>,
  code: ErrorCode,
  neverRepeated: readonly string[] = [],
): Promise<RowbridgeError> {
  const failure: unknown = await promise.then(
    () => null,
    (error: unknown) => error,
  );
  expect(failure).toBeInstanceOf(RowbridgeError);
  const refusal = failure as RowbridgeError;
  expect(refusal.code).toBe(code);
  const details = JSON.stringify(refusal.details, (_name, value: unknown) =>
    typeof value === 'bigint' ? value.toString() : value,
  );
  for (const text of neverRepeated) expect(`${refusal.message} ${details}`).not.toContain(text);
  return refusal;
}
