/** Answers that a client may have already: JSON and static files, never streams. */

import { createHash } from "node:crypto";

/** How a JSON answer is sent. */
export interface JsonOptions {
  readonly request: Request;
  /** Default 200. */
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
}

const JSON_HEADERS = { "content-type": "application/json", "cache-control": "private, no-cache" };

/** A value as JSON; to a GET with its `ETag`, or as 304 when the client has it. */
export function jsonResponse(value: unknown, { request, status = 200, headers = {} }: JsonOptions): Response {
  const text = JSON.stringify(value);
  const all = { ...JSON_HEADERS, ...headers };
  const isKept = status === 200 && (request.method === "GET" || request.method === "HEAD");
  return isKept ? tagged(text, all, request) : new Response(text, { status, headers: all });
}

/** JSON that may be sent again. */
export interface JsonBody {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly etag: string;
}

/** The body of a JSON text. */
export function jsonBody(text: string): JsonBody {
  const bytes = new TextEncoder().encode(text);
  return { bytes, etag: etagOf(bytes) };
}

/** As {@linkcode jsonResponse} to a GET. @param headers further ones */
export function taggedJson(
  { bytes, etag }: JsonBody,
  request: Request,
  headers: Readonly<Record<string, string>> = {},
): Response {
  return tagged(bytes, { ...JSON_HEADERS, ...headers }, request, etag);
}

/** A body with its `ETag`, or 304 without it when the client has it. */
export function tagged(
  body: string | Uint8Array<ArrayBuffer>,
  headers: Readonly<Record<string, string>>,
  request: Request,
  etag: string = etagOf(body),
): Response {
  const all = { ...headers, etag };
  if (!matches(request.headers.get("if-none-match"), etag)) return new Response(body, { headers: all });
  const { "content-type": _of, ...rest } = all as Record<string, string>;
  return new Response(null, { status: 304, headers: rest });
}

/** The tag of a body. */
export function etagOf(body: string | Uint8Array): string {
  return `"${createHash("sha1").update(body).digest("base64url")}"`;
}

function matches(header: string | null, etag: string): boolean {
  if (header === null) return false;
  return header.split(",").some((tag) => tag.trim() === "*" || tag.trim().replace(/^W\//, "") === etag);
}
