/** The description of the API, and what the server does with requests that are made of it. */

import { VERSION } from "../../runner/mod.ts";
import type { OpenApiDocument } from "../../server/openapi.ts";
import { writing } from "../batch/world.ts";
import { society } from "../durability/world.ts";
import { assertEquals, assertTrue } from "../support/assert.ts";
import { anything, Checker, mutated, type Operation, operationsOf, valuesOf } from "../support/openapi.ts";
import fc from "../support/properties.ts";
import { type RestServer, withRest } from "./rest_world.ts";

async function documentOf({ ask }: Pick<RestServer, "ask">): Promise<OpenApiDocument> {
  return (await ask("GET", "/openapi.json")).body;
}

/** What is to be looked at of an answer: all of it, of a stream, which does not end, the first piece. */
async function readAnswer(answer: Response): Promise<string> {
  if (answer.headers.get("content-type")?.startsWith("text/event-stream") !== true) return await answer.text();
  const reader = answer.body!.getReader();
  const { value } = await reader.read();
  await reader.cancel();
  return new TextDecoder().decode(value);
}

Deno.test("/openapi.json describes every endpoint once, with its errors; all its references lead somewhere", async () => {
  await withRest(async ({ ask, fetch }) => {
    const answer = await ask("GET", "/openapi.json");
    assertEquals([answer.status, answer.body.openapi, answer.body.info.version], [200, "3.1.0", VERSION]);
    const again = await fetch("/openapi.json", { headers: { "if-none-match": answer.headers.get("etag")! } });
    await again.body?.cancel();
    assertEquals(again.status, 304);

    const document: OpenApiDocument = answer.body;
    const operations = operationsOf(document);
    const ids = operations.map(({ operationId }) => operationId);
    assertEquals(new Set(ids).size, ids.length);
    for (const { method, path, responses } of operations) {
      assertTrue(Object.keys(responses).some((status) => /^[1-3]/.test(status)), `${method} ${path} succeeds nowhere`);
      assertTrue("500" in responses && "403" in responses, `${method} ${path} has no errors`);
    }
    const names = new Set(Object.keys(document.components.schemas));
    for (const [, name] of JSON.stringify(document).matchAll(/"\$ref":"#\/components\/schemas\/(\w+)"/g)) {
      assertTrue(names.has(name!), `there is no schema '${name}'`);
    }
    for (
      const name of ["Problem", "Simulation", "SimulationSummary", "StartSimulation", "StartBatch", "Event", "Result"]
    ) {
      assertTrue(names.has(name), `there is no schema '${name}'`);
    }
  });
});

Deno.test("every example is what its schema says, and every body has one", async () => {
  await withRest(async (server) => {
    const document = await documentOf(server);
    const checker = new Checker(document);
    for (const { method, path, requestBody, responses } of operationsOf(document)) {
      const contents = [requestBody?.content ?? {}, ...Object.values(responses).map(({ content }) => content ?? {})];
      for (const content of contents) {
        for (const { schema, examples } of Object.values(content) as WithExamples[]) {
          for (const { value } of Object.values(examples ?? {})) {
            assertEquals(checker.problem(schema, value), null, `${method} ${path}: ${JSON.stringify(value)}`);
          }
        }
      }
      const body = requestBody?.content["application/json"] as WithExamples | undefined;
      if (body !== undefined && path !== "/api/session") assertTrue(body.examples !== undefined, `${method} ${path}`);
    }
  });
});

interface WithExamples {
  readonly schema: object;
  readonly examples?: { readonly [name: string]: { readonly value: unknown } };
}

/** A request, ready to be sent. */
interface Request {
  readonly operation: Operation;
  readonly target: string;
  readonly body: string | undefined;
  readonly type: string;
}

/** Values that lead somewhere, and some that try to. */
interface Known {
  readonly ids: readonly string[];
  /** Runs that may be cancelled and removed. */
  readonly doomed: readonly string[];
  /** Conversations; the last ones may be cancelled. */
  readonly talks: readonly string[];
  /** Batches that have ended; the last ones may be forgotten. */
  readonly batches: readonly string[];
  readonly bodies: { readonly [operationId: string]: readonly unknown[] };
}

const TRICKS = ["../../etc/passwd", "a/b", "\0", "%2e%2e", "..\\..", "nothing", "é", "a b", "'\"<>", "x".repeat(400)];

function pathValue(name: string, { operationId, path }: Operation, known: Known): fc.Arbitrary<string> {
  const { ids, doomed, talks, batches } = known;
  const idsOf = path.startsWith("/api/batches/")
    ? operationId === "cancelBatch" ? batches.slice(-3) : batches.slice(0, -3)
    : path.startsWith("/simulation/")
    ? operationId === "cancelConversation" ? talks.slice(-3) : talks.slice(0, -3)
    : operationId === "cancelSimulation"
    ? doomed
    : ids;
  const good: { readonly [name: string]: readonly string[] } = {
    id: idsOf,
    turn: ["0", "7", "1"],
    agent: ["Ada", "Pia"],
    name: ["economic", "society"],
    path: ["a.md", "notes/b.md"],
  };
  return fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...good[name] ?? ["x"]) }, {
    weight: 1,
    arbitrary: fc.constantFrom(...TRICKS),
  });
}

/** Requests of an operation: some as described, some nearly, some not at all. */
function requestsOf(document: OpenApiDocument, operation: Operation, known: Known): fc.Arbitrary<Request> {
  const parameters = operation.parameters ?? [];
  const inPath = parameters.filter((parameter) => parameter.in === "path");
  const inQuery = parameters.filter((parameter) => parameter.in === "query");
  const path = fc.record(Object.fromEntries(inPath.map(({ name }) => [name, pathValue(name, operation, known)])));
  // More of them at once would hardly ever all be as they should.
  const described = fc.subarray(inQuery, { maxLength: Math.min(2, inQuery.length) }).chain((chosen) =>
    fc.record(Object.fromEntries(chosen.map(({ name, schema }) => [name, valuesOf(document, schema)])))
  );
  const query = fc.oneof({ weight: 3, arbitrary: described }, { weight: 1, arbitrary: mutated(described) });
  const json = operation.requestBody?.content["application/json"] as WithExamples | undefined;
  const values = json === undefined ? fc.constant(undefined) : valuesOf(document, json.schema);
  const good = [
    ...known.bodies[operation.operationId] ?? [],
    // What takes longer than it says here is started as `known` has it.
    ...(["startSimulation", "startBatch", "quoteBatch"].includes(operation.operationId)
      ? []
      : Object.values(json?.examples ?? {}).map(({ value }) => value)),
  ];
  const body = json === undefined ? fc.constant(undefined) : fc.oneof(
    values.map(textOf),
    mutated(good.length === 0 ? values : fc.oneof(values, fc.constantFrom(...good))).map(textOf),
    ...(good.length === 0 ? [] : [fc.constantFrom(...good).map(textOf)]),
    { weight: 1, arbitrary: fc.oneof(anything.map(textOf), fc.constantFrom("{", "", "[1,", "\0", "nul")) },
  );
  const type = fc.oneof(
    { weight: 9, arbitrary: fc.constantFrom("application/json", "application/json; charset=utf-8") },
    { weight: 1, arbitrary: fc.constantFrom("text/plain", "application/x-www-form-urlencoded", "x") },
  );
  return fc.record({ path, query, body, type }).map(({ path, query, body, type }) => {
    const search = new URLSearchParams(
      Object.entries(query as object).map((
        [key, value],
      ) => [key, Array.isArray(value) ? value.join(",") : String(value)]),
    );
    const place = operation.path.replace(/\{(\w+)\}/g, (_, name) => encodeURIComponent(path[name]!));
    return { operation, target: search.size === 0 ? place : `${place}?${search}`, body, type };
  });
}

function textOf(value: unknown): string {
  return JSON.stringify(value) ?? "";
}

/** A page that needs no model. */
const NOTEBOOK = `# A page

\`\`\`yaml run #base
scenario: ${JSON.stringify(writing({ turns: 2, pause: 0 }))}
\`\`\`

\`\`\`sql table #last
SELECT turn FROM base
\`\`\`
`;

/** A conversation that needs no model. */
const TALK = {
  conversation: {
    plan: { title: "Party", tasks: [{ name: "Invite" }] },
    user: { kind: "scripted", script: Array(5).fill({ message: "Hello.", desired_action: null }) },
    agent: { adapter: "rule" },
  },
};

Deno.test("requests made of the description, whole and broken, are answered as it says, and never by a failure", async () => {
  await withRest(async (server) => {
    const document = await documentOf(server);
    const checker = new Checker(document);
    const problem = document.components.schemas.Problem!;
    const ended = await server.start({ turns: 7 });
    const parked = await server.start({ turns: 40, pause: 2 }, { mode: "step" });
    const doomed = await Promise.all(Array.from({ length: 4 }, () => server.start({ turns: 2 }, { mode: "step" })));
    await Promise.all([ended, parked, ...doomed].map((id) => server.app.wait(id)));
    const talk = async (auto_advance: boolean): Promise<string> =>
      (await server.ask("POST", "/simulation/run", { ...TALK, auto_advance })).body.run.run_id;
    const talks = await Promise.all([true, false, false, false, false].map(talk));
    await server.app.wait(talks[0]!);
    // Extended by however many seeds, it stands still soon.
    const limits = { max_minutes: 0.01 };
    const batch = { scenario: writing({ turns: 2, pause: 0 }), seeds: [1], limits };
    const batches: string[] = [];
    for (let i = 0; i < 5; i++) batches.push((await server.app.batches.start({ spec: batch })).id);
    await Promise.all(batches.map((id) => server.app.batches.wait(id)));
    for (const path of ["a.md", "notes/b.md"]) await server.app.notebooks.write(path, NOTEBOOK, { ifMatch: null });
    const known: Known = {
      ids: [ended, parked],
      doomed,
      talks,
      batches,
      bodies: {
        startBatch: [batch, { ...batch, plan_only: true }],
        quoteBatch: [batch],
        startSimulation: [{ scenario: society({ turns: 2, pause: 0 }), labels: { a: "b" } }],
        forkSimulation: [{ turn: 1 }],
        intervene: [{ set: { "agents.Ada.wealth": 3 } }],
        handOver: [{ controller: "human" }],
        decide: [{ agent: "Ada", action: null }],
        validateScenario: [{ scenario: society() }],
        startConversation: [TALK],
        createNotebook: [{ path: "c.md", text: NOTEBOOK }],
        actOnNotebook: [{ action: "view" }, { action: "run", cells: ["base"], max_cost_usd: 0 }, { action: "cancel" }],
      },
    };
    const operations = operationsOf(document);
    const succeeded = new Set<string>();
    const requests = fc.constantFrom(...operations).chain((operation) => requestsOf(document, operation, known));
    await fc.assert(
      fc.asyncProperty(requests, async ({ operation, target, body, type }) => {
        const { method, responses } = operation;
        const answer = await server.fetch(target, {
          method,
          headers: body === undefined ? {} : { "content-type": type },
          ...(body !== undefined && { body }),
        });
        const text = await readAnswer(answer);
        const { status } = answer;
        const what = `${method} ${target.slice(0, 300)} ${body?.slice(0, 300)} → ${status} ${text.slice(0, 500)}`;
        assertTrue(status < 500, what);
        const response = responses[status];
        assertTrue(response !== undefined, `not described: ${what}`);
        const media = (answer.headers.get("content-type") ?? "").split(";")[0]!;
        if (status >= 400) {
          assertEquals(media, "application/problem+json", what);
          const value = JSON.parse(text);
          assertEquals([checker.problem(problem, value), value.status], [null, status], what);
          const codes = response["x-codes"] ?? [];
          assertTrue(codes.includes(value.code) || response["x-findings"] === true, `unknown code: ${what}`);
          return;
        }
        succeeded.add(operation.operationId);
        const content = response.content?.[media];
        if (text === "") return assertTrue(response.content === undefined, what);
        assertTrue(content !== undefined, `another type: ${media} ${what}`);
        if (media === "application/json") assertEquals(checker.problem(content.schema!, JSON.parse(text)), null, what);
      }),
      {
        // Some for every operation, however many there come to be.
        numRuns: Math.max(7 * operations.length, Number(Deno.env.get("PROPERTY_RUNS") ?? 0)),
        interruptAfterTimeLimit: 120_000,
        endOnFailure: true,
      },
    );
    // Else it would have proven nothing.
    assertTrue(succeeded.size > operations.length * 0.7, `only these succeeded: ${[...succeeded].join(" ")}`);
    // Whoever has keys of models need not pay for what chance has asked for.
  }, { offline: true });
});
