/** The description of the API: OpenAPI 3.1, generated from the endpoints. */

import { OpenAPIHono } from "@hono/zod-openapi";
import { z } from "zod";
import type { EndpointSpec, MountedEndpoint, ResponseSpec } from "./endpoint.ts";
import { PROBLEM_TYPE, titleOf } from "./problem.ts";
import { problemSchema } from "./representations/problem.ts";

/** The document, as JSON. */
export interface OpenApiDocument {
  readonly openapi: string;
  readonly paths: { readonly [path: string]: { readonly [method: string]: OpenApiOperation } };
  readonly components: { readonly schemas: { readonly [name: string]: object } };
}

/** One method of one path. */
export interface OpenApiOperation {
  readonly operationId: string;
  readonly parameters?: readonly {
    readonly name: string;
    readonly in: "path" | "query" | "header";
    readonly required?: boolean;
    readonly schema: object;
  }[];
  readonly requestBody?: {
    readonly required: boolean;
    readonly content: { readonly [type: string]: { readonly schema: object } };
  };
  readonly responses: {
    readonly [status: string]: {
      readonly content?: { readonly [type: string]: { readonly schema?: object } };
      /** Codes that a problem of this status may have, beside those of findings in a document. */
      readonly "x-codes"?: readonly string[];
      /** Whether there are such findings. */
      readonly "x-findings"?: boolean;
    };
  };
}

const ABOUT = [
  "Starts, watches, steers and reads simulations.",
  "",
  "Errors are `application/problem+json` with a stable `code`; of a request that is not as described, `errors` holds " +
  "every finding. JSON that is read has an `ETag`: sent back as `If-None-Match` it saves the body. On a server with " +
  "keys, send `Authorization: Bearer KEY`; browsers exchange the key for a cookie at `POST /api/session`.",
].join("\n");

/** What tags stand for, in the order of the document. */
const TAGS: readonly (readonly [name: string, description: string])[] = [
  ["simulations", "Start, list, look at, remove"],
  ["steering", "What changes a run from outside"],
  ["records", "What a run has written"],
  ["batches", "Many runs with a plan, what they say, comparisons, and questions over all runs"],
  ["conversations", "Simulated users with agents under test; every `/simulation/{id}…` is `/simulation/run/{id}…` too"],
  ["notebooks", "Pages of text and cells that are computed, and what there is to open"],
  ["repos", "Domains and their scenarios"],
  ["session", "Cookies of browsers"],
  ["server", "The server itself"],
];

/** The description of these endpoints. @param version of this program */
export function openApiDocument(endpoints: readonly MountedEndpoint[], version: string): OpenApiDocument {
  const hono = new OpenAPIHono();
  const registry = hono.openAPIRegistry;
  registry.registerComponent("securitySchemes", "bearer", { type: "http", scheme: "bearer" });
  registry.registerComponent("securitySchemes", "session", { type: "apiKey", in: "cookie", name: "llm_sim_session" });
  for (const { method, path, spec } of endpoints) {
    registry.registerPath({
      method: method.toLowerCase() as "get",
      path,
      operationId: spec.operationId,
      summary: spec.summary,
      description: description(spec),
      tags: [...spec.tags],
      security: spec.scope === null ? [] : [{ bearer: [] }, { session: [] }],
      ...requestOf(spec),
      responses: Object.fromEntries(
        Object.entries({ ...commonProblems(spec), ...withCommonCodes(spec) }).map((
          [status, response],
        ) => [status, responseOf(Number(status), response)]),
      ),
    });
  }
  const document = hono.getOpenAPI31Document({
    openapi: "3.1.0",
    info: { title: "llm-sim", version, description: ABOUT },
    servers: [{ url: "/" }],
    tags: TAGS.map(([name, description]) => ({ name, description })),
  }) as unknown as OpenApiDocument;
  return { ...document, paths: mapped(document.paths, (methods) => mapped(methods, withLists)) };
}

/** Lists in the query are separated by commas. */
function withLists(operation: OpenApiOperation): OpenApiOperation {
  if (operation.parameters === undefined) return operation;
  const parameters = operation.parameters.map((parameter) => {
    const isList = parameter.in === "query" && "type" in parameter.schema && parameter.schema.type === "array";
    return isList ? { ...parameter, style: "form", explode: false } : parameter;
  });
  return { ...operation, parameters };
}

function mapped<T>(record: { readonly [key: string]: T }, change: (value: T) => T): { [key: string]: T } {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value)]));
}

function description({ description, scope }: EndpointSpec): string {
  const needs = scope === null ? "Needs no key." : `Needs a key that may \`${scope}\`, where keys are needed.`;
  return description === undefined ? needs : `${description}\n\n${needs}`;
}

function requestOf({ params, query, headers, body, bodyExamples }: EndpointSpec) {
  const parameters = z.object(
    Object.fromEntries(
      Object.entries(headers ?? {}).map(([name, text]) => [name, z.string().optional().meta({ description: text })]),
    ),
  );
  const examples = Object.entries(bodyExamples ?? {});
  return {
    request: {
      ...(params !== undefined && { params }),
      ...(query !== undefined && { query }),
      ...(headers !== undefined && { headers: parameters }),
      ...(body !== undefined && {
        body: {
          required: !body.safeParse(undefined).success,
          content: {
            "application/json": {
              schema: body,
              ...(examples.length > 0 && {
                examples: Object.fromEntries(
                  examples.map(([summary, value], i) => [`example${i + 1}`, { summary, value }]),
                ),
              }),
            },
          },
        },
      }),
    },
  };
}

function responseOf(status: number, spec: ResponseSpec) {
  const { description, schema, content, codes, findings, headers, example } = spec;
  const isProblem = codes !== undefined;
  const json = schema ?? (isProblem ? problemSchema : undefined);
  const types = {
    ...(json !== undefined && {
      [isProblem ? PROBLEM_TYPE : "application/json"]: {
        schema: json,
        ...(example !== undefined && { examples: { example: { value: example } } }),
      },
    }),
    ...Object.fromEntries(
      [content ?? []].flat().map((type) => [type, { schema: z.string().meta({ type: "string" }) }]),
    ),
  };
  return {
    description: isProblem
      ? `${titleOf(status)}: ${codes.map((code) => `\`${code}\``).join(", ")}${
        findings === true ? ", or the code of a finding" : ""
      }`
      : description,
    ...(Object.keys(types).length > 0 && { content: types }),
    ...(headers !== undefined && {
      headers: Object.fromEntries(
        Object.entries(headers).map((
          [name, text],
        ) => [name, { description: text, schema: { type: "string" as const } }]),
      ),
    }),
    ...(isProblem && { "x-codes": codes, ...(findings === true && { "x-findings": true }) }),
  };
}

/** What may be wrong with any request of this kind. */
function commonProblems(spec: EndpointSpec): { [status: number]: ResponseSpec } {
  const codes: [status: number, codes: readonly string[]][] = [
    [403, ["foreign_host", "foreign_origin", "no_origin", ...(spec.scope === null ? [] : ["scope_missing"])]],
    [429, ["rate_limited", "too_many_wrong_keys"]],
    [500, ["internal_error"]],
  ];
  if (spec.scope !== null) codes.push([401, ["no_key", "bad_key"]]);
  if (spec.params !== undefined || spec.query !== undefined || spec.body !== undefined) {
    codes.push([422, ["invalid_request"]]);
  }
  if (spec.body !== undefined) {
    codes.push([400, ["bad_json", "bad_encoding", "body_broken_off"]], [408, ["body_too_slow"]], [413, [
      "body_too_large",
    ]], [415, [
      "wrong_content_type",
    ]]);
  }
  return Object.fromEntries(codes.map(([status, all]) => [status, { description: "", codes: all }]));
}

/** The endpoint's own answers; its problems beside those that are common. */
function withCommonCodes(spec: EndpointSpec): { [status: number]: ResponseSpec } {
  const common = commonProblems(spec);
  return Object.fromEntries(
    Object.entries(spec.responses).map(([status, response]) => {
      const shared = common[Number(status)]?.codes;
      if (response.codes === undefined || shared === undefined) return [status, response];
      return [status, { ...response, codes: [...new Set([...shared, ...response.codes])] }];
    }),
  );
}
