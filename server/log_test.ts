import { assertEquals, assertMatches } from "../tests/support/assert.ts";
import { Log, type LogSink, redacted, StreamSink } from "./log.ts";

function memory(): LogSink & { readonly lines: string[] } {
  const lines: string[] = [];
  return { lines, write: (line) => void lines.push(line), flush: () => Promise.resolve() };
}

Deno.test("a log writes one JSON object per line, with its fields, from its level on", () => {
  const sink = memory();
  const log = new Log(sink, "info").with({ request_id: "r1" });
  log.debug("not this");
  log.info("a\nmessage", { run_id: "x" });
  log.with({ more: 1 }).warning("w");
  assertEquals(sink.lines.map((line) => ({ ...JSON.parse(line), at: "" })), [
    { at: "", level: "info", message: "a\nmessage", request_id: "r1", run_id: "x" },
    { at: "", level: "warning", message: "w", request_id: "r1", more: 1 },
  ]);
  assertMatches(sink.lines[0]!, /^\{"at":"\d{4}-\d\d-\d\dT[\d:.]+Z",[^\n]*\}\n$/);
});

Deno.test("keys are cut out of whatever is logged", () => {
  const key = `llmsim_abcdefghij_${"k".repeat(40)}`;
  assertEquals(redacted(`/runs/${key}?x`), "/runs/llmsim_abcdefghij_***?x");
  assertEquals(redacted(`"Authorization: Bearer sk-canary.1"`), `"Authorization: Bearer ***"`);
  const sink = memory();
  new Log(sink, "info").failure("failed", new Error(`bad key ${key}`), { path: `/${key}` });
  assertEquals(sink.lines.join("").includes("kkkk"), false);
  JSON.parse(sink.lines[0]!);
});

Deno.test("whoever logs is not held by a slow reader, who loses lines and is told how many", async () => {
  const { promise: mayGoOn, resolve: goOn } = Promise.withResolvers<void>();
  let text = "";
  const { promise: hasBegun, resolve: begins } = Promise.withResolvers<void>();
  const sink = new StreamSink({
    write: async (bytes) => {
      begins();
      await mayGoOn;
      text += new TextDecoder().decode(bytes);
      return bytes.length;
    },
  });
  sink.write("first\n");
  await hasBegun;
  const line = `${"x".repeat(1023)}\n`;
  for (let i = 0; i < 5000; i++) sink.write(line);
  goOn();
  await sink.flush();
  const kept = text.split("\n").filter((each) => each.startsWith("x")).length;
  assertEquals(kept, 4096);
  assertMatches(text, /^first\n/);
  assertMatches(text, /"message":"log lines lost","lines":904/);
});

Deno.test("what cannot be written is told to who asked, and nothing else stops", async () => {
  const errors: unknown[] = [];
  const sink = new StreamSink({ write: () => Promise.reject(new Error("full")) }, (error) => errors.push(error));
  sink.write("a\n");
  await sink.flush();
  sink.write("b\n");
  await sink.flush();
  assertEquals(errors.map(String), ["Error: full", "Error: full"]);
});

Deno.test("a write that takes only a part is continued", async () => {
  let text = "";
  const sink = new StreamSink({
    write: (bytes) => {
      text += new TextDecoder().decode(bytes.subarray(0, 3));
      return Promise.resolve(Math.min(3, bytes.length));
    },
  });
  sink.write("one\ntwo\nthree\n");
  await sink.flush();
  assertEquals(text, "one\ntwo\nthree\n");
});
