/**
 * What documents that people read are made of: numbers and names in words, escaped markup, fonts, colours and styles.
 *
 * @module
 */

export * from "./markup.ts";
export * from "./parts.ts";
export * from "./look.ts";
export { REPORT_CSS } from "./css.ts";
