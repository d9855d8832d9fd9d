/**
 * Code that waits only when it must: a generator yields a promise where there is one, and runs straight through
 * where there is none. Awaiting everything would cost a turn of rule agents more than half its speed.
 */

/** A computation that may have to wait for promises it yields. */
export type Steps<T> = Generator<Promise<unknown>, T, unknown>;

/** Runs `steps` to its end: at once when it yields nothing, otherwise as a promise. */
export function run<T>(steps: Steps<T>): T | Promise<T> {
  const next = steps.next();
  return next.done ? next.value : resume(steps, next.value);
}

async function resume<T>(steps: Steps<T>, first: Promise<unknown>): Promise<T> {
  let waiting = first;
  while (true) {
    let value: unknown;
    let failure: { error: unknown } | undefined;
    try {
      value = await waiting;
    } catch (error) {
      failure = { error };
    }
    const next = failure ? steps.throw(failure.error) : steps.next(value);
    if (next.done) return next.value;
    waiting = next.value;
  }
}

/** The value itself, waiting for it first if it is a promise. */
export function* settled<T>(value: T | Promise<T>): Steps<T> {
  return value instanceof Promise ? (yield value) as T : value;
}
