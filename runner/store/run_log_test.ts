import { assertEquals, assertMatches, assertTrue } from "../../tests/support/assert.ts";
import type { LogLine } from "./pages.ts";
import { LogLines } from "./run_log.ts";

function withPath(body: (path: string) => void): void {
  const folder = Deno.makeTempDirSync({ prefix: "llm-sim-test-" });
  try {
    body(`${folder}/log.jsonl`);
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
}

function linesOf(path: string): LogLine[] {
  return Deno.readTextFileSync(path).split("\n").slice(0, -1).map((text) => JSON.parse(text));
}

Deno.test("LogLines: lines are numbered on through every time the run is played, past one that was torn", () => {
  withPath((path) => {
    const none = new LogLines(path);
    none.close();
    assertEquals([...Deno.readDirSync(path.slice(0, -"/log.jsonl".length))], [], "a run that says nothing has no file");
    const first = new LogLines(path);
    first.write({ level: "INFO", text: "one" });
    first.write({ level: "WARNING", text: "two", fields: { turn: 3 } });
    first.close();
    Deno.writeTextFileSync(path, '{"seq":3,"at":"', { append: true });
    const second = new LogLines(path);
    second.write({ level: "ERROR", text: "thrée" });
    second.close();
    assertEquals(linesOf(path).map(({ seq, level, text, fields }) => [seq, level, text, fields]), [
      [1, "INFO", "one", undefined],
      [2, "WARNING", "two", { turn: 3 }],
      [3, "ERROR", "thrée", undefined],
    ]);
  });
});

Deno.test("LogLines: what is too much is counted, and said at the end", () => {
  withPath((path) => {
    const log = new LogLines(path, 5000);
    for (let i = 0; i < 200; i++) log.write({ level: "INFO", text: `line ${i}` });
    log.close();
    assertTrue(Deno.statSync(path).size < 5300);
    const lines = linesOf(path);
    const last = lines.at(-1)!;
    assertEquals(last.text, `${200 - lines.length + 1} more lines were not kept: log.jsonl holds 0.005 MB`);
    assertEquals(lines.map(({ seq }) => seq), lines.map((_, i) => i + 1));
  });
});

Deno.test("LogLines: long texts and fields are cut, and a folder that is gone harms nobody", () => {
  withPath((path) => {
    const log = new LogLines(path);
    log.write({ level: "INFO", text: "x".repeat(1e6), fields: { all: "y".repeat(1e6) } });
    log.close();
    const [line] = linesOf(path);
    assertEquals(line!.text.length, 10_000);
    assertMatches(JSON.stringify(line!.fields), /^\{"cut":"\d+ characters"\}$/);
    const lost = new LogLines("/nowhere/at/all/log.jsonl");
    lost.write({ level: "INFO", text: "x" });
    lost.close();
  });
});
