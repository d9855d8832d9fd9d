/** Assertions for tests: `node:assert` under the names that tests read well with. */

import assert from "node:assert/strict";

/** Deep, strict equality. */
export function assertEquals<T>(actual: T, expected: T, message?: string): void {
  assert.deepStrictEqual(actual, expected, message);
}

/** That `value` is truthy. */
export function assertTrue(value: unknown, message?: string): asserts value {
  assert.ok(value, message);
}

/** That two numbers differ by at most `tolerance`. */
export function assertNear(actual: number, expected: number, tolerance: number, message = ""): void {
  assert.ok(Math.abs(actual - expected) <= tolerance, `${message} ${actual} is not within ${tolerance} of ${expected}`);
}

/** That `text` matches. */
export function assertMatches(text: string, pattern: RegExp): void {
  assert.match(text, pattern);
}

/** The error that `body` throws; fails when it throws none or, if given, none with this `code`. */
export function assertThrows(body: () => unknown, code?: string): Error & { code?: string } {
  try {
    body();
  } catch (error) {
    return checked(error, code);
  }
  throw new assert.AssertionError({ message: "nothing was thrown" });
}

/** The error that `body` rejects with; fails when it resolves or, if given, rejects with another `code`. */
export async function assertRejects(body: () => Promise<unknown>, code?: string): Promise<Error & { code?: string }> {
  try {
    await body();
  } catch (error) {
    return checked(error, code);
  }
  throw new assert.AssertionError({ message: "nothing was thrown" });
}

function checked(error: unknown, code: string | undefined): Error & { code?: string } {
  assert.ok(error instanceof Error, `threw ${String(error)}, which is not an Error`);
  const coded = error as Error & { code?: string };
  if (code !== undefined) assert.equal(coded.code, code, `${error.message}`);
  return coded;
}
