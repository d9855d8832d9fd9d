/**
 * A page as text: its pieces, what they name, edits, merges, and its prose as HTML. Pure: no file, no run, no clock.
 */

export * from "./types.ts";
export { parsePage } from "./parse.ts";
