/**
 * What a file under `routes/api/` exports: per method an {@linkcode endpoint}, which says what it takes and gives, and
 * what it does. From the first the request is checked and the API described; the types of the second follow from it.
 *
 * @example
 * ```ts ignore
 * // routes/api/simulations/[id]/index.ts
 * export const GET = endpoint({
 *   operationId: "getSimulation",
 *   summary: "One simulation",
 *   tags: ["simulations"],
 *   scope: "read",
 *   params: z.object({ id: runIdParam }),
 *   query: z.object({ turn: z.coerce.number().int().min(0).optional() }),
 *   responses: { 200: { description: "its state", schema: simulation }, 404: problem("unknown_run") },
 *   handle: async ({ params, query }, { app }) => await app.state(params.id, query.turn),
 * });
 * ```
 */

import { didYouMean } from "../framework/mod.ts";
import { z } from "zod";
import { BODY_LIMIT, readJson } from "./body.ts";
import type { RequestContext, Scope } from "./context.ts";
import { jsonResponse } from "./etag.ts";
import { ProblemError, type ProblemIssue } from "./problem.ts";

/** One answer that an endpoint may give. */
export interface ResponseSpec {
  readonly description: string;
  /** Of a JSON body. */
  readonly schema?: z.ZodType;
  /** Media type of a body that is not JSON, or several of which it has one. */
  readonly content?: string | readonly string[];
  /** Codes that a problem of this status may have. */
  readonly codes?: readonly string[];
  /** Whether `code` may also be that of a finding in a scenario or another document. */
  readonly findings?: boolean;
  /** Headers worth knowing, with what they say. */
  readonly headers?: Readonly<Record<string, string>>;
  /** What a JSON body may look like. */
  readonly example?: unknown;
}

/** Answers by status. */
export type Responses = { readonly [status: number]: ResponseSpec };

/** A problem among the answers, with the codes that it may have. */
export function problem(...codes: string[]): ResponseSpec {
  return { description: codes.join(", "), codes };
}

/** A value as `handle` may give it: read-only, and with `undefined` where a key may be absent. */
export type Plain<T> = unknown extends T ? T
  : T extends string | number | boolean | bigint | null | undefined ? T
  : T extends readonly (infer E)[] ? readonly Plain<E>[]
  : { readonly [K in keyof T]: Plain<T[K]> };

/** The value that stands for a 200. */
type Value<R extends Responses> = R extends { readonly 200: { readonly schema: infer S extends z.ZodType } }
  ? Plain<z.input<S>>
  : never;

/** What an endpoint is given of the request. */
export interface EndpointInput<P, Q, B> {
  readonly params: P;
  readonly query: Q;
  readonly body: B;
}

/** What an endpoint says of itself, without types. */
export interface EndpointSpec {
  readonly operationId: string;
  /** One line, without a full stop. */
  readonly summary: string;
  readonly description?: string;
  readonly tags: readonly string[];
  /** What the caller's key must allow; null: anybody may ask. */
  readonly scope: Scope | null;
  readonly params?: z.ZodObject;
  readonly query?: z.ZodObject;
  /** Request headers worth knowing, with what they do. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Of the JSON body. One that may be left out has a default or is optional. */
  readonly body?: z.ZodType;
  /** What it may look like, by a few words on each. */
  readonly bodyExamples?: Readonly<Record<string, unknown>>;
  /** Bytes of the body. Default {@linkcode BODY_LIMIT}. */
  readonly bodyLimit?: number;
  readonly responses: Responses;
}

/** An endpoint, ready to be mounted. */
export interface Endpoint {
  readonly spec: EndpointSpec;
  /** Checks the request and answers it. @throws what {@linkcode problemOf} makes a problem of */
  respond(context: RequestContext, params: Readonly<Record<string, string>>): Promise<Response>;
}

/** An endpoint at its place. */
export interface MountedEndpoint {
  readonly method: string;
  /** As OpenAPI writes it: `/api/simulations/{id}`. */
  readonly path: string;
  readonly spec: EndpointSpec;
}

type None = z.ZodObject<Record<never, z.ZodType>>;

/** Makes an endpoint of what it takes, gives and does. */
export function endpoint<
  const R extends Responses,
  P extends z.ZodObject = None,
  Q extends z.ZodObject = None,
  B extends z.ZodType = z.ZodUndefined,
>(
  spec: Omit<EndpointSpec, "params" | "query" | "body" | "responses"> & {
    readonly params?: P;
    readonly query?: Q;
    readonly body?: B;
    readonly responses: R;
    /** A plain value is a 200 with it as JSON; a {@linkcode Reply} says more; a Response is sent as it is. */
    handle(
      input: EndpointInput<z.output<P>, z.output<Q>, z.output<B>>,
      context: RequestContext,
    ): Value<R> | Reply | Response | Promise<Value<R> | Reply | Response>;
  },
): Endpoint {
  const { handle, ...described } = spec;
  const query = described.query?.strict();
  return {
    spec: { ...described, ...(query !== undefined && { query }) } as EndpointSpec,
    async respond(context, params) {
      const issues: ProblemIssue[] = [];
      const input = {
        params: checked(described.params, params, "path", issues),
        query: checked(query, queryOf(context.url), "query", issues),
        body: described.body === undefined
          ? undefined
          : checked(described.body, await bodyOf(context.request, described), "body", issues),
      };
      if (issues.length > 0) throw invalid(issues);
      const answer = await handle(input as EndpointInput<z.output<P>, z.output<Q>, z.output<B>>, context);
      if (answer instanceof Response) return answer;
      if (answer instanceof Reply) return await replyResponse(answer, context.request);
      return await jsonResponse(answer, { request: context.request });
    },
  };
}

/** An answer with a status of its own, or with headers. */
export class Reply {
  readonly status: number;
  readonly value: unknown;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, value: unknown, headers: Readonly<Record<string, string>>) {
    this.status = status;
    this.value = value;
    this.headers = headers;
  }
}

/** An answer with a status of its own, or with headers; without a value it has no body. */
export function reply(status: number, value?: unknown, headers: Readonly<Record<string, string>> = {}): Reply {
  return new Reply(status, value, headers);
}

function replyResponse({ status, value, headers }: Reply, request: Request): Response | Promise<Response> {
  if (value === undefined) return new Response(null, { status, headers: { ...headers } });
  return jsonResponse(value, { request, status, headers });
}

/** The body, of which nothing is no JSON, but may be what a schema takes. */
async function bodyOf(request: Request, { body, bodyLimit }: Pick<EndpointSpec, "body" | "bodyLimit">) {
  const value = await readJson(request, bodyLimit ?? BODY_LIMIT);
  if (value === undefined && body?.safeParse(undefined).success === false) {
    throw new ProblemError(400, "bad_json", "the request has no body", { hint: "send a JSON object" });
  }
  return value;
}

/** Keys that are there once have a string, others a list. */
function queryOf(url: URL): { [key: string]: string | string[] } {
  const query: { [key: string]: string | string[] } = Object.create(null);
  for (const [key, value] of url.searchParams) {
    const before = query[key];
    query[key] = before === undefined ? value : [before, value].flat();
  }
  return query;
}

function checked(
  schema: z.ZodType | undefined,
  value: unknown,
  part: "path" | "query" | "body",
  issues: ProblemIssue[],
): unknown {
  if (schema === undefined) return {};
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  issues.push(...parsed.error.issues.flatMap((issue) => problemIssues(issue, part, schema)));
  return undefined;
}

/** The problem of a request that is not as described: all findings of all its parts. */
export function invalid(issues: readonly ProblemIssue[]): ProblemError {
  const [first] = issues;
  const more = issues.length === 1 ? "" : ` (and ${issues.length - 1} more)`;
  return new ProblemError(422, "invalid_request", `${first!.path}: ${first!.message}${more}`, { errors: issues });
}

/** Findings told at most: whoever sends a thousand wrong values knows enough after these. */
const MOST_ISSUES = 50;

/** A finding of zod's in the words of this API. */
export function problemIssues(issue: z.core.$ZodIssue, part: string, schema?: z.ZodType): ProblemIssue[] {
  const path = [part, ...issue.path.map(String)].join(".");
  switch (issue.code) {
    case "unrecognized_keys": {
      const known = schema instanceof z.ZodObject && issue.path.length === 0 ? Object.keys(schema.shape) : null;
      return issue.keys.slice(0, MOST_ISSUES).map((key) => ({
        path: `${path}.${key}`,
        code: "unknown_key",
        message: `there is no '${key}' here`,
        ...(known !== null && { hint: didYouMean(key, known) }),
      }));
    }
    case "invalid_union": {
      // Of alternatives the one was meant that has the least against it.
      const [meant] = issue.errors.toSorted((a, b) => a.length - b.length);
      if (meant === undefined) return [{ path, code: "invalid_value", message: issue.message }];
      return meant.flatMap((inner) => problemIssues({ ...inner, path: [...issue.path, ...inner.path] }, part));
    }
    case "invalid_type":
      return [
        issue.message.endsWith("received undefined")
          ? { path, code: "missing_key", message: `is missing; it is a ${issue.expected}` }
          : { path, code: "invalid_value", message: issue.message },
      ];
    default:
      return [{ path, code: "invalid_value", message: issue.message }];
  }
}

/** A query parameter that may be there several times. */
export function many<T extends z.ZodType>(schema: T): z.ZodType<z.output<T>[]> {
  return z.preprocess((value) => value === undefined ? [] : [value].flat(), z.array(schema)) as never;
}
