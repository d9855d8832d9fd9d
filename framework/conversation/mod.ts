/**
 * Conversations under test: a simulated user with a sealed wish, an agent that answers, a judge that compares what was
 * wanted with what was done. Pure: the same on the host and in the sandbox.
 *
 * @module
 */

export * from "./types.ts";
export * from "./catalogue.ts";
export * from "./environment.ts";
