/**
 * A page as text: its pieces, what they name, edits, merges, and its prose as HTML. Pure: no file, no run, no clock.
 */

export * from "./types.ts";
export { parsePage } from "./parse.ts";
export { interpolate, isReference, readReference, type Reference, type ReferenceIssue } from "./reference.ts";
export { bindReferences, type BoundSql, type References, referencesIn, scanReferences } from "./refs.ts";
export { type TableName, tablesOf } from "./sql.ts";
export { type YamlBody, yamlBody, type YamlText, yamlTexts } from "./body.ts";
export { ancestors, dependants, graphOf, isBareId, type PageGraph, type Use } from "./graph.ts";
export { insertAfter, move, remove, setBody, setSource } from "./edit.ts";
export { setValue, withoutValue, withValue, type YamlValue } from "./set_value.ts";
export { type Merge, merge, type MergeChoice, type MergeConflict, type MergedText, resolveMerge } from "./merge.ts";
export { type ProseHeading, type ProseHtml, proseHtml, type ResolveText } from "./prose.ts";
