import { assertEquals, assertTrue } from "../tests/support/assert.ts";
import { ROOT } from "../runner/mod.ts";
import { importsOf, importViolations, violation } from "./import_rules.ts";

Deno.test("no module of the repository imports what its room may not", async () => {
  assertEquals(await importViolations(ROOT), []);
});

Deno.test("violation() refuses each kind of forbidden import", () => {
  const forbidden: [file: string, specifier: string][] = [
    ["framework/agent.ts", "../runner/mod.ts"],
    ["framework/agent.ts", "yaml"],
    ["framework/agent.ts", "graphology"],
    ["framework/scenario/spatial.ts", "graphology"],
    ["framework/agent.ts", "./space/grid.ts"],
    ["framework/space/geojson.ts", "@turf/boolean-intersects"],
    ["domains/economic/mod.ts", "graphology"],
    ["domains/economic/mod.ts", "../climate/mod.ts"],
    ["domains/economic/mod.ts", "../../runner/mod.ts"],
    ["domains/economic/mod.ts", "../../framework/rng.ts"],
    ["domains/economic/mod.ts", "yaml"],
    ["runner/app.ts", "../cli/mod.ts"],
    ["runner/app.ts", "../framework/rng.ts"],
    ["runner/app.ts", "./store/local.ts"],
    ["runner/manager.ts", "./gateway/lane.ts"],
    ["framework/llm/caller.ts", "openai"],
    ["runner/app.ts", "../domains/economic/mod.ts"],
    ["cli/program.ts", "npm:commander@15.1.0"],
    ["runner/app.ts", "../server/mod.ts"],
    ["runner/app.ts", "../routes/mod.ts"],
    ["server/server.ts", "../routes/mod.ts"],
    ["server/server.ts", "../cli/mod.ts"],
    ["server/server.ts", "./auth/sessions.ts"],
    ["server/server.ts", "../static/app.css"],
    ["routes/index.tsx", "../server/problem.ts"],
    ["routes/index.tsx", "hono"],
    ["routes/api/session.ts", "hono/cookie"],
    ["runner/export/html.ts", "preact"],
    ["cli/commands/serve.ts", "../../server/listen.ts"],
    ["islands/run.tsx", "../runner/mod.ts"],
    ["islands/run.tsx", "../framework/mod.ts"],
    ["islands/run.tsx", "../server/mod.ts"],
    ["islands/run.tsx", "zod"],
    ["islands/run.tsx", "@observablehq/plot"],
    ["islands/_parts/editor.tsx", "codemirror"],
    ["islands/_parts/editor.tsx", "@codemirror/view"],
    ["islands/run.tsx", "./_impl/chart.ts"],
    ["islands/_impl/chart.ts", "preact-render-to-string"],
    ["runner/export/html.ts", "../../islands/run.tsx"],
    ["runner/export/html.ts", "@preact/signals"],
    ["server/render.tsx", "../islands/run.tsx"],
  ];
  for (const [file, specifier] of forbidden) assertTrue(violation(file, specifier) !== null, `${file} -> ${specifier}`);
  for (const kind of ["type", "dynamic"] as const) {
    assertTrue(violation("islands/run.tsx", "../server/mod.ts", kind) !== null, kind);
    assertTrue(violation("islands/run.tsx", "../runner/app.ts", kind) !== null, kind);
  }
});

Deno.test("violation() allows a room's own files, its allowed rooms' mod.ts, and the written exceptions", () => {
  const allowed: [file: string, specifier: string][] = [
    ["framework/agent.ts", "./rng.ts"],
    ["framework/space/graphs.ts", "graphology"],
    ["framework/space/graphs.ts", "graphology-shortest-path"],
    ["framework/scenario/geojson.ts", "@turf/boolean-intersects"],
    ["framework/state.ts", "./space/mod.ts"],
    ["domains/economic/engines/market.ts", "llm-sim"],
    ["domains/economic/engines/market.ts", "../variables.ts"],
    ["runner/app.ts", "../framework/mod.ts"],
    ["runner/store/local.ts", "./run_id.ts"],
    ["runner/config.ts", "./gateway/presets.ts"],
    ["runner/gateway/lane.ts", "./envelope.ts"],
    ["cli/session.ts", "../runner/mod.ts"],
    ["cli/commands/serve.ts", "../../server/mod.ts"],
    ["cli/commands/serve.ts", "../../routes/mod.ts"],
    ["routes/index.tsx", "../server/mod.ts"],
    ["routes/index.tsx", "preact"],
    ["routes/manifest.ts", "../static/app.css"],
    ["server/render.tsx", "preact-render-to-string"],
    ["server/middleware/body_limit.ts", "hono/body-limit"],
    ["server/auth/sessions.ts", "../problem.ts"],
    ["main.ts", "./runner/sandbox/child.ts"],
    ["runner/store/local_test.ts", "./hosts.ts"],
    ["routes/index.tsx", "../islands/run.tsx"],
    ["routes/index.tsx", "@preact/signals"],
    ["islands/run.tsx", "./_parts/badge.tsx"],
    ["islands/run.tsx", "preact/hooks"],
    ["islands/run.tsx", "@preact/signals"],
    ["islands/_impl/chart.ts", "@observablehq/plot"],
    ["islands/_impl/editor.ts", "@codemirror/view"],
    ["islands/_impl/editor.ts", "./look.ts"],
  ];
  for (const [file, specifier] of allowed) assertEquals(violation(file, specifier), null, `${file} -> ${specifier}`);
  assertEquals(violation("islands/run.tsx", "../runner/mod.ts", "type"), null);
  assertEquals(violation("islands/run.tsx", "@codemirror/view", "type"), null);
  assertEquals(violation("islands/run.tsx", "./_impl/chart.ts", "type"), null);
  assertEquals(violation("islands/run.tsx", "./_impl/chart.ts", "dynamic"), null);
});

Deno.test("importsOf() finds static, side-effect, re-exported and dynamic imports, and nothing in comments", () => {
  const text = `// import "./no.ts";
import { a,
  b } from "./one.ts";
import "./two.ts";
export * from "./three.ts";
/* import "./no.ts"; */
const four = await import("./four.ts");
`;
  assertEquals(importsOf(text), [
    { specifier: "./one.ts", kind: "static", line: 2 },
    { specifier: "./two.ts", kind: "static", line: 4 },
    { specifier: "./three.ts", kind: "static", line: 5 },
    { specifier: "./four.ts", kind: "dynamic", line: 7 },
  ]);
});

Deno.test("importsOf() tells imports that are for types alone", () => {
  const text = `import type { A } from "./types.ts";
export type { B } from "./types.ts";
type C = typeof import("./types.ts");
import { type D } from "./loaded.ts";
import type from "./loaded.ts";
`;
  assertEquals(importsOf(text).map(({ specifier, kind }) => [specifier, kind]), [
    ["./types.ts", "type"],
    ["./types.ts", "type"],
    ["./types.ts", "type"],
    ["./loaded.ts", "static"],
    ["./loaded.ts", "static"],
  ]);
});
