/** What a page comes to show: a value is read again until it is as it should be, because pages draw a frame after what is done to them. */

import { assertEquals, assertMatches, assertTrue } from "../support/assert.ts";

/** Milliseconds after which what does not come is missed. */
export const PATIENCE = 20_000;

/** Resolves when `holds` does; fails when it never does. */
export async function eventually(holds: () => boolean | Promise<boolean>, ms = PATIENCE): Promise<void> {
  const until = performance.now() + ms;
  while (!await holds()) {
    if (performance.now() > until) throw new Error(`it did not happen within ${ms} ms: ${holds}`);
    await pause();
  }
}

/** Resolves when what is read equals this; fails with what it is when it never does. */
export async function soonEquals<T>(read: () => T | Promise<T>, expected: T, message?: string): Promise<void> {
  await soon(read, (value) => assertEquals(value, expected, message));
}

/** Resolves when the text that is read matches; fails with what it is when it never does. */
export async function soonMatches(read: () => string | Promise<string>, pattern: RegExp): Promise<void> {
  await soon(read, (value) => assertMatches(value, pattern));
}

/** Resolves when what is read is true; fails when it never is. */
export async function soonTrue(read: () => boolean | Promise<boolean>, message?: string): Promise<void> {
  await soon(read, (value) => assertTrue(value, message));
}

async function soon<T>(read: () => T | Promise<T>, check: (value: T) => void): Promise<void> {
  const until = performance.now() + PATIENCE;
  while (true) {
    try {
      return check(await read());
    } catch (error) {
      if (performance.now() > until) throw error;
    }
    await pause();
  }
}

async function pause(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 25));
}
