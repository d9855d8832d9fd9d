/** Files of `static/`, embedded in the manifest: no path of a request ever touches the disk. */

import type { Hono } from "hono";
import type { Env } from "./env.ts";
import { etagOf, tagged } from "./etag.ts";

const TYPES: Readonly<Record<string, string>> = {
  css: "text/css; charset=utf-8",
  js: "text/javascript; charset=utf-8",
  svg: "image/svg+xml",
  png: "image/png",
  ico: "image/x-icon",
  txt: "text/plain; charset=utf-8",
  woff2: "font/woff2",
};

/** Has `hono` answer `/static/…`, to anybody: there is nothing in it that is not in the repository. */
export function serveStatics(hono: Hono<Env>, statics: Readonly<Record<string, Uint8Array<ArrayBuffer>>>): void {
  for (const [file, bytes] of Object.entries(statics)) {
    const etag = etagOf(bytes);
    const type = TYPES[file.slice(file.lastIndexOf(".") + 1)] ?? "application/octet-stream";
    const headers = { "content-type": type, "cache-control": "public, max-age=0, must-revalidate" };
    hono.get(`/static${file}`, (c) => tagged(bytes, headers, c.req.raw, etag));
  }
}
