/** Prose as HTML that can be put into a page: nothing in it acts, loads from elsewhere, or looks like a part of the page. */

// @ts-types="@types/sanitize-html"
import sanitizeHtml from "sanitize-html";
import { markdown } from "./markdown.ts";
import { interpolate, type Reference } from "./reference.ts";

/** A heading, for an outline. */
export interface ProseHeading {
  readonly level: number;
  readonly text: string;
  /** Its `id` in the HTML. */
  readonly anchor: string;
}

/** Rendered prose. */
export interface ProseHtml {
  readonly html: string;
  readonly headings: readonly ProseHeading[];
}

/** Gives the text of a reference; `old`: of what the page said before; undefined: it has none. */
export type ResolveText = (reference: Reference) => string | { readonly old: string } | undefined;

/**
 * Renders Markdown. Values are put in as text, whatever they are; a reference without a value is shown as it is written.
 *
 * @param anchors Anchors that are taken: give the pieces of one page the same set, and its anchors are unique. It is added to.
 */
export function proseHtml(prose: string, resolve: ResolveText, anchors: Set<string> = new Set()): ProseHtml {
  const tokens = markdown.parse(prose.replace(/^\uFEFF/, ""), {});
  const headings: ProseHeading[] = [];
  for (const [index, token] of tokens.entries()) {
    if (token.type === "heading_open") {
      const source = plain(tokens[index + 1]!);
      const anchor = anchorOf(source, anchors);
      token.attrSet("data-anchor", String(headings.length));
      const text = interpolate(source, (reference) => textOf(resolve(reference)) ?? reference.raw);
      headings.push({ level: Number(token.tag.slice(1)), text, anchor });
    } else if (token.type === "inline" && tokens[index - 2]?.type === "list_item_open") markTask(token);
    // Attributes for what markdown-it says by a style.
    const style = token.attrGet("style");
    if (style !== null) token.attrs = [["align", String(style).replace("text-align:", "")]];
  }
  const html = sanitised(markdown.renderer.render(tokens, markdown.options, {}), resolve, headings);
  return { html, headings };
}

type Token = ReturnType<typeof markdown.parse>[number];

function plain(token: Token): string {
  const shown = (token.children ?? []).filter((child) => child.type === "text" || child.type === "code_inline");
  return shown.map((child) => child.content).join("").trim();
}

/** As on GitHub: lower case, hyphens for spaces; numbered when it is taken. */
function anchorOf(text: string, taken: Set<string>): string {
  const words = text.toLowerCase().replace(/[^\p{L}\p{N}\s_-]/gu, "").trim().replace(/\s/g, "-").slice(0, 100);
  const stem = words === "" ? "section" : words;
  let anchor = stem;
  for (let count = 1; taken.has(anchor); count++) anchor = `${stem}-${count}`;
  taken.add(anchor);
  return anchor;
}

/** `[ ]` and `[x]` at the beginning of a list item. */
function markTask(token: Token): void {
  const first = token.children?.[0];
  if (first?.type !== "text") return;
  first.content = first.content.replace(/^\[([ xX])\](?=\s)/, (_, mark: string) => mark === " " ? "☐" : "☑");
}

const TAGS =
  ("h1 h2 h3 h4 h5 h6 p blockquote ul ol li hr br pre code strong em b i u s del ins sub sup kbd mark small abbr cite q " +
    "dfn var samp a img table caption thead tbody tfoot tr th td figure figcaption details summary div span dl dt dd")
    .split(
      " ",
    );
/** Tags whose text goes with them. */
const MUTE =
  ("script style textarea option select noscript iframe object embed applet svg math template title xmp noembed " +
    "noframes plaintext head audio video canvas frameset").split(" ");
const LITERAL = ["code", "pre", "kbd", "samp"];

function sanitised(html: string, resolve: ResolveText, headings: readonly ProseHeading[]): string {
  const given = new Set<string>();
  const heading: sanitizeHtml.Transformer = (tagName, { "data-anchor": place = "" }) => {
    const anchor = headings[Number(place)]?.anchor;
    const isNew = place !== "" && anchor !== undefined && !given.has(anchor);
    if (isNew) given.add(anchor);
    return { tagName, attribs: isNew ? { id: anchor } : {} };
  };
  const level = [1, 2, 3, 4, 5, 6].map((number): [string, sanitizeHtml.Transformer] => [`h${number}`, heading]);
  return sanitizeHtml(html, {
    allowedTags: TAGS,
    nonTextTags: MUTE,
    allowedAttributes: {
      a: ["href", "title", "rel"],
      img: ["src", "alt", "title"],
      abbr: ["title"],
      code: ["class"],
      ol: ["start"],
      details: ["open"],
      th: [{ name: "align", values: ["left", "right", "center"] }],
      td: [{ name: "align", values: ["left", "right", "center"] }],
      ...Object.fromEntries(level.map(([tag]) => [tag, ["id"]])),
    },
    allowedClasses: { code: ["language-*"] },
    allowedSchemes: ["http", "https", "mailto"],
    allowedSchemesByTag: { img: ["data"] },
    allowProtocolRelative: false,
    nestingLimit: 250,
    exclusiveFilter: (frame) => frame.tag === "img" && !isSafeImage(frame.attribs.src),
    transformTags: {
      ...Object.fromEntries(level),
      a: (tagName, { rel: _, ...attribs }) => ({ tagName, attribs: { ...attribs, rel: "noopener noreferrer" } }),
    },
    textFilter: (text, tag) => LITERAL.includes(tag) ? text : withValues(text, resolve),
  });
}

/** Pictures that lie beside the page, and pictures without scripts that it brings with it. */
function isSafeImage(src: string | undefined): boolean {
  if (src === undefined || src === "") return false;
  // As a browser reads it: tabs and line breaks are left out, backslashes are slashes.
  const url = URL.parse(src, "http://beside.invalid/page/");
  if (url === null) return false;
  if (url.protocol === "data:") return /^data:image\/(?:png|jpeg|gif|webp|avif);base64,[A-Za-z0-9+/=]*$/.test(url.href);
  return url.protocol === "http:" && url.host === "beside.invalid";
}

/** `text` is escaped; so is what is put into it. */
function withValues(text: string, resolve: ResolveText): string {
  if (!text.includes("${")) return text;
  return interpolate(text, (reference) => {
    const value = resolve(reference);
    if (value === undefined) return `<code class="unresolved">${escaped(reference.raw)}</code>`;
    return typeof value === "string"
      ? escaped(value)
      : `<span class="old" title="from before">${escaped(value.old)}</span>`;
  });
}

function textOf(value: ReturnType<ResolveText>): string | undefined {
  return typeof value === "object" ? value.old : value;
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}
