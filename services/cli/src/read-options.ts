import { InvalidArgumentError } from 'commander';

/** A whole number from 1, for commander. */
export function readPositive(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 1)
    throw new InvalidArgumentError('It takes a whole number from 1.');
  return value;
}
