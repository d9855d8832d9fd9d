import { assertEquals } from "../tests/support/assert.ts";
import { logLine } from "./log_line.ts";

const NOTICE = { level: "WARNING" as const, run_id: "r1", text: "prices jumped", fields: { sector: "steel", by: 2.5 } };

Deno.test("json is one line with level, run, text and fields", () => {
  const line = logLine({ ...NOTICE, text: "two\nlines", format: "json" });
  assertEquals(line, '{"level":"WARNING","run_id":"r1","text":"two\\nlines","fields":{"sector":"steel","by":2.5}}');
});

Deno.test("console is level, text and key=value; values of several words are quoted", () => {
  assertEquals(logLine({ ...NOTICE, format: "console" }), "WARNING prices jumped sector=steel by=2.5");
  const fields = { why: "no coal", none: "", pair: "a=b", list: [1, "x"], nothing: null };
  const shown = 'why="no coal" none="" pair="a=b" list=[1,"x"] nothing=null';
  assertEquals(logLine({ ...NOTICE, fields, format: "console" }), `WARNING prices jumped ${shown}`);
  assertEquals(logLine({ ...NOTICE, fields: null, format: "console" }), "WARNING prices jumped");
});

Deno.test("auto is json in production only; what a scenario names counts everywhere", () => {
  const [json, console] = [logLine({ ...NOTICE, format: "json" }), logLine({ ...NOTICE, format: "console" })];
  assertEquals(logLine({ ...NOTICE, format: "auto" }, true), json);
  assertEquals(logLine({ ...NOTICE, format: "auto" }, false), console);
  assertEquals(logLine({ ...NOTICE, format: "console" }, true), console);
  assertEquals(logLine({ ...NOTICE, format: "json" }, false), json);
});
