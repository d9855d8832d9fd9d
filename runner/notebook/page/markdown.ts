/** Markdown as pages have it: CommonMark with tables, strikethrough and `${references}`. */

import MarkdownIt from "markdown-it";
import { Places, REFERENCE, referenceTokens } from "./reference.ts";

/** HTML passes: who shows the result has it sanitised. */
export const markdown: InstanceType<typeof MarkdownIt> = new MarkdownIt({ html: true });

// `${a_b}` is no emphasis and `${a[0]}` no link: a reference stays together, as text.
markdown.inline.ruler.before("escape", "reference", (state, silent) => {
  const { src, pos } = state;
  const text = src.startsWith("$${", pos) || src.startsWith("\\${", pos) ? "$${" : referenceAt(src, pos);
  if (text === undefined) return false;
  if (!silent) state.pending += text;
  state.pos += text === "$${" && src[pos] === "\\" ? 3 : text.length;
  return true;
});

function referenceAt(src: string, pos: number): string | undefined {
  if (src[pos] !== "$") return undefined;
  REFERENCE.lastIndex = pos;
  return REFERENCE.test(src) ? src.slice(pos, REFERENCE.lastIndex) : undefined;
}

/** `${…}` in prose. */
export interface ProseReference {
  readonly kind: "reference" | "malformed";
  readonly raw: string;
  /** Offset in the text. */
  readonly start: number;
}

/** What begins with `${` in the text of `prose`; in code, comments and attributes it is what it is. */
export function proseReferences(prose: string): ProseReference[] {
  if (!prose.includes("${")) return [];
  const found: ProseReference[] = [];
  let cursor = 0;
  const places = new Places(prose);
  // Tokens have lines, not offsets: what stands in code is passed over in the same order.
  const pass = (content: string, counts: (at: number) => boolean) => {
    for (const { kind, raw, start: at } of referenceTokens(content)) {
      const start = places.find(raw, cursor, prose.length);
      if (start < 0) continue;
      cursor = start + raw.length;
      if (kind !== "escape" && counts(at)) found.push({ kind, raw, start });
    }
  };
  for (const token of markdown.parse(prose, {})) {
    if (token.type === "html_block") {
      const shown = htmlText(token.content);
      pass(token.content, (at) => shown.startsWith("${", at));
    } else if (token.type !== "inline") pass(token.content, () => false);
    else for (const child of token.children ?? []) pass(child.content, () => child.type === "text");
  }
  return found;
}

/** HTML with its comments and tags blanked. */
function htmlText(html: string): string {
  const blank = (text: string) => " ".repeat(text.length);
  return html.replace(/<!--[\s\S]*?(?:-->|$)/g, blank).replace(/<[^<>]*>/g, blank);
}
