/** What can be done on the page that is shown: the palette lists it, islands add to it. */

import { signal } from "@preact/signals";

/** Something that can be done. */
export interface Command {
  /** Unique on the page: one that is registered again replaces the one before. */
  readonly id: string;
  /** As people say it: `Run all stale cells`. */
  readonly title: string;
  /** Keys that do it, shown beside it: `Mod-Enter`. Whoever registers it listens to them. */
  readonly keys?: string;
  /** Heading in the list of keys; default: `This page`. */
  readonly group?: string;
  run(): void;
}

/** Keys that are told in the list of keys, though no command belongs to them. */
export interface KeyHint {
  readonly keys: string;
  readonly title: string;
  readonly group: string;
}

/** All commands, in the order in which they were registered. */
export const commands = signal<readonly Command[]>([]);
/** All hints. */
export const keyHints = signal<readonly KeyHint[]>([]);

/** Adds commands to the palette. @returns takes them out again */
export function registerCommands(list: readonly Command[]): () => void {
  const ids = new Set(list.map(({ id }) => id));
  commands.value = [...commands.peek().filter(({ id }) => !ids.has(id)), ...list];
  return () => {
    commands.value = commands.peek().filter((command) => !list.includes(command));
  };
}

/** Adds keys to the list of keys (`?`). @returns takes them out again */
export function registerKeyHints(list: readonly KeyHint[]): () => void {
  keyHints.value = [...keyHints.peek(), ...list];
  return () => {
    keyHints.value = keyHints.peek().filter((hint) => !list.includes(hint));
  };
}
