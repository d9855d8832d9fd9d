/** Lists in pages: a bare array, and what asks for the next page in `X-Next-Cursor` and `Link`. */

import { type JsonBody, jsonBody, taggedJson } from "./etag.ts";

/** Headers of a list, for the description of the API. */
export const PAGE_HEADERS: Readonly<Record<string, string>> = {
  "X-Next-Cursor": "what asks for the next page; absent: this is the last one",
  Link: 'the next page, as `<URL>; rel="next"`',
};

/** Bodies of pages by the very list that they were made of: the store gives the same one until a run changes. */
const bodies = new WeakMap<readonly string[], JsonBody>();

function bodyOf(texts: readonly string[]): JsonBody {
  let body = bodies.get(texts);
  if (body === undefined) {
    body = jsonBody(`[${texts.join(",")}]`);
    bodies.set(texts, body);
  }
  return body;
}

/**
 * A page of JSON texts.
 * @param texts not changed afterwards
 * @param next what asks for the next page; null: there is none
 * @param key the parameter that it belongs into
 */
export function pageOfTexts(
  texts: readonly string[],
  next: string | null,
  { key, url, request }: { readonly key: string; readonly url: URL; readonly request: Request },
): Response {
  const headers = next === null ? {} : { "x-next-cursor": next, link: linkTo(url, key, next) };
  return taggedJson(bodyOf(texts), request, headers);
}

/** A page of a numbered log. */
export function pageOfRows(
  { rows, next_after }: { readonly rows: readonly unknown[]; readonly next_after: number | null },
  { url, request }: { readonly url: URL; readonly request: Request },
): Response {
  const next = next_after === null ? null : String(next_after);
  return pageOfTexts(rows.map((row) => JSON.stringify(row)), next, { key: "after", url, request });
}

function linkTo(url: URL, key: string, next: string): string {
  const query = new URLSearchParams(url.search);
  query.set(key, next);
  return `<${url.pathname}?${query}>; rel="next"`;
}
