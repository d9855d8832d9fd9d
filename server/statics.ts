/** Files of `static/`, embedded in the manifest: no path of a request ever touches the disk. */

import { createHash } from "node:crypto";
import type { Hono } from "hono";
import { type Coding, codingFor, encoded } from "./codings.ts";
import type { Env } from "./env.ts";
import { tagged } from "./etag.ts";

const TYPES: Readonly<Record<string, string>> = {
  css: "text/css; charset=utf-8",
  js: "text/javascript; charset=utf-8",
  svg: "image/svg+xml",
  png: "image/png",
  ico: "image/x-icon",
  txt: "text/plain; charset=utf-8",
  woff2: "font/woff2",
};

/** What is compressed already. */
const PACKED = /\.(?:png|ico|woff2)$/;

/** Files by their path below `static/`, from `/`. */
type Files = Readonly<Record<string, Uint8Array<ArrayBuffer>>>;

/** Where style sheets that are sent as one are found. */
const SHEETS = "/sheets";

/** The files of `static/`, to anybody: there is nothing in them that is not in the repository. */
export class Statics {
  /** Those of the manifest, and those that were made of several. */
  readonly #files: Record<string, Uint8Array<ArrayBuffer>>;
  readonly #sheets = new Map<string, string>();
  readonly #hashes = new Map<string, string>();
  readonly #encoded = new Map<string, Uint8Array<ArrayBuffer>>();

  constructor(files: Files) {
    this.#files = { ...files };
  }

  /** Where a browser finds a file, by its name: an address that another text would not have, so that it may be kept for good. */
  address(name: string): string {
    const file = `/${name}`;
    return Object.hasOwn(this.#files, file) ? `/static${file}?v=${this.#hash(file)}` : `/static${file}`;
  }

  /** Where a browser finds style sheets, by their names, one after another in one file: it waits for one answer, not for each. */
  sheet(names: readonly string[]): string {
    const all = names.join("\n");
    const known = this.#sheets.get(all);
    if (known !== undefined) return known;
    const texts = names.map((name) => new TextDecoder().decode(this.#files[`/${name}`]));
    const bytes = new TextEncoder().encode(texts.join("\n"));
    const file = `${SHEETS}/${hashOf(bytes)}.css`;
    this.#files[file] = bytes;
    const address = `/static${file}?v=${this.#hash(file)}`;
    this.#sheets.set(all, address);
    return address;
  }

  /** Has `hono` answer them. */
  serve(hono: Hono<Env>): void {
    for (const file of Object.keys(this.#files)) hono.get(`/static${file}`, (c) => this.#answer(file, c.req.raw));
    hono.get(`/static${SHEETS}/:file`, async (c, next) => {
      const file = `${SHEETS}/${c.req.param("file")}`;
      if (!Object.hasOwn(this.#files, file)) return await next();
      return this.#answer(file, c.req.raw);
    });
  }

  #answer(file: string, request: Request): Response {
    const hash = this.#hash(file);
    const isKept = new URL(request.url).searchParams.get("v") === hash;
    const coding = PACKED.test(file) ? "" : codingFor(request.headers.get("accept-encoding"));
    const headers = {
      "content-type": TYPES[file.slice(file.lastIndexOf(".") + 1)] ?? "application/octet-stream",
      "cache-control": isKept ? "public, max-age=31536000, immutable" : "public, max-age=0, must-revalidate",
      "vary": "accept-encoding",
      ...(coding !== "" && { "content-encoding": coding }),
    };
    return tagged(this.#bytes(file, coding), headers, request, coding === "" ? `"${hash}"` : `"${hash}-${coding}"`);
  }

  #hash(file: string): string {
    const known = this.#hashes.get(file);
    if (known !== undefined) return known;
    const hash = hashOf(this.#files[file]!);
    this.#hashes.set(file, hash);
    return hash;
  }

  #bytes(file: string, coding: Coding): Uint8Array<ArrayBuffer> {
    const name = `${coding}:${file}`;
    const known = this.#encoded.get(name);
    if (known !== undefined) return known;
    const bytes = encoded(this.#files[file]!, coding, "small");
    this.#encoded.set(name, bytes);
    return bytes;
  }
}

function hashOf(bytes: Uint8Array<ArrayBuffer>): string {
  return createHash("sha256").update(bytes).digest("base64url").slice(0, 16);
}
