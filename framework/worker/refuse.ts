/** Replaces functions of the sandbox by ones that say why they are not to be had. */

/** Lets `owner[name]()` throw `message`; a name that is not there is left alone. */
export function refuse(owner: object, name: string, message: string): void {
  if (!(name in owner)) return;
  // Not an arrow function: as a class it is to throw the same message.
  const value = function (): never {
    throw new Error(message);
  };
  Object.defineProperty(owner, name, { value, writable: false, configurable: false, enumerable: false });
}

/** {@linkcode refuse} for what a simulation must not do. */
export function refuseAll(owner: object, prefix: string, names: readonly string[]): void {
  for (const name of names) refuse(owner, name, `${prefix}${name}() is not available in a simulation`);
}

/** {@linkcode refuse} for sources of real randomness. */
export function refuseRandom(owner: object, prefix: string, names: readonly string[]): void {
  for (const name of names) {
    refuse(owner, name, `${prefix}${name}() would differ from run to run; use the context's rng`);
  }
}
