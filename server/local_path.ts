/** Where a page may lead back to. */

/** A path of this server; `/` in place of anything that would lead elsewhere. */
export function localPath(text: string | null): string {
  const url = text === null || !text.startsWith("/") ? null : URL.parse(text, "http://local");
  return url === null || url.origin !== "http://local" ? "/" : url.pathname.replace(/^\/+/, "/") + url.search;
}
