/** Calls of services outside: agents under test. Only where the host allows it, and never further. */

import { SimError } from "../../framework/mod.ts";
import { networkWords } from "./faults.ts";
import { CANCELLED } from "./lane.ts";
import type { CallAccount, GatewayHttpCall, GatewayOutcome } from "./types.ts";

/** Longest body of a reply, bytes. */
export const LONGEST_HTTP_BODY = 1024 * 1024;

/** Longest time that timers know, ms. */
const LONGEST_TIMER = 2 ** 31 - 1;

/**
 * Makes an HTTP call. Redirects are not followed: a reply with status 3xx is a reply like others. Headers and what
 * follows the origin in a URL may hold secrets: they are in no message.
 *
 * @param allow origins that may be called, `https://host:port`
 * @param signal cancels the call and closes its connection; then the outcome is halted, `cancelled`
 * @returns answered, whatever the status; given up as `timeout`, `reply_too_large` (above 1 MiB) or `http_error`
 * @throws {SimError} `http_not_allowed`; `bad_http_request` when it is none that could be sent
 */
export async function callHttp(
  call: GatewayHttpCall,
  allow: readonly string[],
  signal: AbortSignal,
): Promise<GatewayOutcome> {
  const url = allowedUrl(call.url, allow);
  const request = requestOf(url, call);
  if (signal.aborted) return { kind: "halted", halt: CANCELLED };
  const began = performance.now();
  const account = (): CallAccount => ({
    usage: { input_tokens: 0, output_tokens: 0 },
    cost_usd: 0,
    latency_ms: Math.round((performance.now() - began) * 10) / 10,
    retries: 0,
  });
  const givenUp = (code: string, message: string): GatewayOutcome => ({
    kind: "given_up",
    error: { code, message: `${call.method} ${url.origin}: ${message}` },
    account: account(),
  });
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(), Math.min(call.timeout * 1000, LONGEST_TIMER));
  try {
    const response = await fetch(request, { signal: AbortSignal.any([signal, late.signal]) });
    const content = await bodyOf(response);
    if (content === null) return givenUp("reply_too_large", "the reply is longer than 1 MiB");
    return { kind: "answered", response: { content, status: response.status }, account: account() };
  } catch (error) {
    if (signal.aborted) return { kind: "halted", halt: CANCELLED };
    if (late.signal.aborted) return givenUp("timeout", `no reply within ${call.timeout} s`);
    return givenUp("http_error", withoutSecrets(error, call));
  } finally {
    clearTimeout(timer);
  }
}

/** The URL, if it may be called. @throws {SimError} `bad_http_request`, `http_not_allowed` */
export function allowedUrl(text: string, allow: readonly string[]): URL {
  const url = URL.parse(text);
  if (url === null) throw badRequest("its URL is not an absolute one", "write it as https://host/path");
  if (url.protocol !== "http:" && url.protocol !== "https:") {
    throw badRequest(`its URL begins with '${url.protocol}'`, "only http: and https: can be called");
  }
  if (url.username !== "" || url.password !== "") {
    throw badRequest(`its URL, of ${url.origin}, holds a user name or a password`, "send a header in its place");
  }
  if (allow.some((allowed) => URL.parse(allowed)?.origin === url.origin)) return url;
  throw new SimError("http_not_allowed", `components may not call ${url.origin}`, {
    hint: `where it is to be allowed, llm-sim.yaml says so: http_allow: ["${url.origin}"]` +
      (allow.length === 0 ? "" : `; allowed so far: ${allow.join(", ")}`),
  });
}

/** Headers that would lead a request elsewhere, or say something else of it than what is sent. */
const NOT_TO_BE_SET =
  /^(?:host|connection|content-length|transfer-encoding|te|trailer|upgrade|expect|keep-alive|proxy-.*)$/i;

function requestOf(url: URL, { method, headers, body }: GatewayHttpCall): Request {
  const sent = new Headers();
  for (const [name, value] of Object.entries(headers)) {
    if (!/^[\w!#$%&'*+.^`|~-]+$/.test(name)) {
      throw badRequest("the name of one of its headers is not valid", TOKEN_HINT);
    }
    if (NOT_TO_BE_SET.test(name)) throw badRequest(`it sets the header '${name}'`, "leave it out: it is set by itself");
    try {
      sent.append(name, value);
    } catch {
      throw badRequest(
        `the value of its header '${name}' is not valid`,
        "line breaks and characters past U+00FF are not",
      );
    }
  }
  try {
    return new Request(url, { method, headers: sent, body, redirect: "manual" });
  } catch {
    throw badRequest(
      `there is no request of method '${method.slice(0, 20)}' ${body === null ? "without" : "with"} a body`,
      "GET and HEAD have none; CONNECT, TRACE and TRACK cannot be sent",
    );
  }
}

const TOKEN_HINT = "letters, digits and !#$%&'*+.^_`|~- make a name";

function badRequest(what: string, hint: string): SimError {
  return new SimError("bad_http_request", `an HTTP call cannot be made: ${what}`, { hint });
}

/** The body as text; null when it is too long. */
async function bodyOf(response: Response): Promise<string | null> {
  if (response.body === null) return "";
  const decoder = new TextDecoder();
  const reader = response.body.getReader();
  let text = "";
  let bytes = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return text + decoder.decode();
    bytes += value.length;
    if (bytes > LONGEST_HTTP_BODY) {
      await reader.cancel();
      return null;
    }
    text += decoder.decode(value, { stream: true });
  }
}

/** What the network says, without the URL and without what headers hold. */
function withoutSecrets(error: unknown, { url, headers }: GatewayHttpCall): string {
  const secrets = [url, URL.parse(url)!.href, ...Object.values(headers)].filter((secret) => secret.length > 3);
  return secrets.reduce((words, secret) => words.replaceAll(secret, "***"), networkWords(error, null));
}
