/** What editors know of languages and of the page: colours by language, and what can be completed. */

import type { Completion, CompletionContext, CompletionResult } from "@codemirror/autocomplete";
import type { Extension } from "@codemirror/state";

/** What can be completed. */
export interface EditorWords {
  /** Ids of the page, with what each is. */
  readonly ids: readonly { readonly id: string; readonly kind: string }[];
  /** Keys that the cell's body may have, each with what it is. */
  readonly keys: readonly { readonly key: string; readonly does: string }[];
  /** Tables with their columns. */
  readonly tables: () => Promise<Readonly<Record<string, readonly string[]>>>;
}

/** Colours of a language, loaded when it is first edited. */
export async function languageOf(language: string): Promise<Extension> {
  switch (language) {
    case "yaml":
      return (await import("@codemirror/lang-yaml")).yaml();
    case "sql": {
      const { PostgreSQL, sql } = await import("@codemirror/lang-sql");
      return sql({ dialect: PostgreSQL });
    }
    case "markdown":
      return (await import("@codemirror/lang-markdown")).markdown();
    default:
      return [];
  }
}

/** What can stand at the caret: ids after `${`, keys of the body, tables and columns. */
export async function complete(
  context: CompletionContext,
  language: string,
  words: EditorWords,
): Promise<CompletionResult | null> {
  const reference = context.matchBefore(/\$\{\w*/);
  if (reference !== null) {
    const options = words.ids.map(({ id, kind }): Completion => ({
      label: id,
      detail: kind,
      apply: closing(id, context),
    }));
    return { from: reference.from + 2, options, validFor: /^\w*$/ };
  }
  if (language === "yaml") return yamlWords(context, words);
  if (language === "sql") return await sqlWords(context, words);
  return null;
}

/** The id with the brace that ends it, where none follows yet. */
function closing(id: string, { state, pos }: CompletionContext): string {
  return state.sliceDoc(pos, pos + 1) === "}" ? id : `${id}}`;
}

/** Keys at the beginning of an unindented line; ids as values. */
function yamlWords(context: CompletionContext, { keys, ids }: EditorWords): CompletionResult | null {
  const line = context.state.doc.lineAt(context.pos);
  const before = line.text.slice(0, context.pos - line.from);
  if (/^[\w]*$/.test(before)) {
    if (before === "" && !context.explicit) return null;
    const used = new Set(context.state.sliceDoc().match(/^\w+(?=:)/gm));
    const options = keys.filter(({ key }) => !used.has(key) || key === before)
      .map(({ key, does }): Completion => ({ label: key, detail: does, apply: `${key}: `, type: "property" }));
    return { from: line.from, options, validFor: /^\w*$/ };
  }
  const value = /(?:^(?:scenario|data|of|baseline|cell)\b.*?[\s[,]|\b(?:run|conversation):\s*)(\w*)$/.exec(before);
  if (value === null) return null;
  const options = ids.map(({ id, kind }): Completion => ({ label: id, detail: kind, type: "variable" }));
  return { from: context.pos - value[1]!.length, options, validFor: /^\w*$/ };
}

async function sqlWords(context: CompletionContext, { ids, tables }: EditorWords): Promise<CompletionResult | null> {
  const word = context.matchBefore(/[\w.]*/);
  if (word === null || (word.text === "" && !context.explicit)) return null;
  const { keywordCompletionSource, PostgreSQL, schemaCompletionSource } = await import("@codemirror/lang-sql");
  const known = await tables();
  const schema: Record<string, readonly string[]> = { ...known };
  for (const { id, kind } of ids) {
    if (["run", "batch", "table", "compare", "conversation"].includes(kind)) schema[id] ??= [];
  }
  const found = await Promise.all([
    schemaCompletionSource({ schema, dialect: PostgreSQL })(context),
    keywordCompletionSource(PostgreSQL, true)(context),
  ]);
  const from = Math.max(...found.map((each) => each?.from ?? 0));
  const columns = [...new Set(Object.values(schema).flat())]
    .map((label): Completion => ({ label, type: "property", detail: "column" }));
  const isQualified = word.text.includes(".");
  const options = found.flatMap((each) => each !== null && each.from === from ? [...each.options] : []);
  return { from, options: isQualified ? options : [...options, ...columns], validFor: /^\w*$/ };
}
