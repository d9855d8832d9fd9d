/** Info lines: `yaml run #base fold`. */

import { didYouMean, nearest } from "../../../framework/mod.ts";
import { type BodyLanguage, type CellKind, FLAGS, type PageIssue } from "./types.ts";

/** Info lines begin with one of these. */
const KINDS: { readonly [words: string]: { readonly cell: CellKind; readonly lang: BodyLanguage } } = {
  "yaml input": { cell: "input", lang: "yaml" },
  "yaml scenario": { cell: "scenario", lang: "yaml" },
  "yaml run": { cell: "run", lang: "yaml" },
  "yaml batch": { cell: "batch", lang: "yaml" },
  "yaml chart": { cell: "chart", lang: "yaml" },
  "yaml conversation": { cell: "conversation", lang: "yaml" },
  "yaml compare": { cell: "compare", lang: "yaml" },
  "sql table": { cell: "table", lang: "sql" },
  "js cell": { cell: "js", lang: "js" },
  "js chart": { cell: "js", lang: "js" },
};

/** Attributes that a kind has. */
const ATTRIBUTES: { readonly [kind in CellKind]?: readonly string[] } = { scenario: ["extends"] };

/** An id: a letter or `_`, then letters, digits and `_`. */
export const ID = /^[A-Za-z_][A-Za-z0-9_]*$/;

const LONGEST_ID = 100;

/** Text of somebody's as it stands in messages. */
export function shortened(text: string): string {
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}

/** What an info line says. */
export interface CellInfo {
  readonly cell: CellKind;
  readonly lang: BodyLanguage;
  readonly id: string | null;
  /** Column of the id in the info line, from 0; -1 without one. */
  readonly idAt: number;
  readonly attributes: ReadonlyMap<string, string>;
  readonly flags: ReadonlySet<string>;
  readonly issues: readonly PageIssue[];
}

/** Where an info line stands: issues are put there. */
export interface InfoPlace {
  readonly line: number;
  /** Of its first character, from 1. */
  readonly column: number;
}

interface Word {
  readonly text: string;
  /** Column in the info line, from 0. */
  readonly at: number;
}

/** Reads an info line; null: the fence is no cell. */
export function readInfo(info: string, place: InfoPlace): CellInfo | null {
  const words = wordsOf(info);
  const kind = kindOf(words);
  if (kind === undefined) return null;
  const issues: PageIssue[] = [];
  const report = (severity: "error" | "warning", code: string, word: Word, message: string, hint?: string) => {
    const at = { line: place.line, column: place.column + word.at };
    issues.push({ severity, code, message, ...(hint === undefined ? {} : { hint }), ...at });
  };
  let id: Word | null = null;
  const attributes = new Map<string, string>();
  const flags = new Set<string>();
  for (const word of words.slice(2)) {
    const attribute = /^([a-z][a-z-]*)=(?:"((?:[^"\\]|\\.)*)"|([^"\s].*))$/s.exec(word.text);
    if (word.text.startsWith("#")) {
      if (id !== null) report("error", "two_ids", word, `a cell has one id; this one has ${id.text} already`);
      else if (!ID.test(word.text.slice(1)) || word.text.length > LONGEST_ID + 1) {
        const hint = `an id has letters, digits and _, no digit first, at most ${LONGEST_ID} of them`;
        report("error", "bad_id", word, `'${shortened(word.text)}' cannot be an id`, hint);
      } else id = word;
    } else if (attribute !== null) {
      const [, key, quoted, plain] = attribute;
      const known = ATTRIBUTES[kind.cell] ?? [];
      if (attributes.has(key!)) {
        report("warning", "attribute_twice", word, `${key}= stands here twice; the last counts`);
      } else if (!known.includes(key!)) {
        const hint = known.length > 0
          ? didYouMean(shortened(key!), known)
          : "what else a cell is told stands in its body";
        report("warning", "unknown_attribute", word, `a ${kind.cell} cell has no attribute '${shortened(key!)}'`, hint);
      }
      attributes.set(key!, quoted?.replaceAll('\\"', '"') ?? plain!);
    } else if (/^[a-z][a-z-]*$/.test(word.text)) {
      if (!FLAGS.includes(word.text)) {
        const message = `a cell has no flag '${shortened(word.text)}'`;
        report("warning", "unknown_flag", word, message, didYouMean(shortened(word.text), FLAGS));
      }
      flags.add(word.text);
    } else {
      const hint = 'after the kind come #id, key=value, key="a value with spaces" and flags';
      report("error", "bad_info", word, `cannot read '${shortened(word.text)}'`, hint);
    }
  }
  return { ...kind, id: id?.text.slice(1) ?? null, idAt: id?.at ?? -1, attributes, flags, issues };
}

/** What an info line that is no cell's was probably meant to be: `yaml scenario`; undefined: nothing. */
export function meantKind(info: string): string | undefined {
  const words = wordsOf(shortened(info));
  const [lang, kind, next] = words.map((word) => word.text);
  if (lang === undefined || kind === undefined || kindOf(words) !== undefined) return undefined;
  const candidates = Object.keys(KINDS);
  const near = nearest(`${lang} ${kind}`.toLowerCase(), candidates);
  // Info lines of other programs begin with a language as well: only what is near a kind, or has an id, is one of ours.
  if (near !== undefined && near.split(" ")[0] === lang.toLowerCase()) return near;
  const ours = ["yaml", "sql", "js"].includes(lang) && /^[a-z]+$/.test(kind) && next?.startsWith("#");
  return ours ? didYouMean(`${lang} ${kind}`, candidates) : undefined;
}

function kindOf(words: readonly Word[]): { readonly cell: CellKind; readonly lang: BodyLanguage } | undefined {
  const key = `${words[0]?.text} ${words[1]?.text}`;
  return Object.hasOwn(KINDS, key) ? KINDS[key] : undefined;
}

/** Words between spaces; what is quoted after a `=` stays together. */
function wordsOf(info: string): Word[] {
  const words = info.matchAll(/[^\s="]*="(?:[^"\\]|\\.)*"\S*|\S+/g);
  return [...words].map((match) => ({ text: match[0], at: match.index }));
}
