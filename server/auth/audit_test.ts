import { assertEquals } from "../../tests/support/assert.ts";
import { Log } from "../log.ts";
import { Audit } from "./audit.ts";

async function withFolder(body: (folder: string, audit: (full: number) => Audit) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "llm-sim-audit-" });
  const lines: string[] = [];
  const log = new Log({ write: (line) => void lines.push(line), flush: () => Promise.resolve() }, "debug");
  try {
    await body(`${folder}/output`, (full) => new Audit(`${folder}/output`, log, full));
    assertEquals(lines, []);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** What was noted, by file. */
function notedIn(folder: string): Record<string, number[]> {
  const names = [...Deno.readDirSync(folder)].map(({ name }) => name).sort();
  return Object.fromEntries(names.map((name) => {
    const lines = Deno.readTextFileSync(`${folder}/${name}`).trimEnd().split("\n");
    return [name, lines.map((line) => JSON.parse(line).n)];
  }));
}

/** Lines of this size fill a file of 150 bytes by threes. */
const note = (audit: Audit, n: number) => audit.note({ n, pad: "x".repeat(5) }, { refused: false });

Deno.test("a full audit is put aside, five of them are kept, no line is lost between", async () => {
  await withFolder(async (folder, audit) => {
    const first = audit(150);
    for (let n = 10; n < 20; n++) note(first, n);
    await first.close();
    assertEquals(notedIn(folder), {
      ".audit.1.jsonl": [16, 17, 18],
      ".audit.2.jsonl": [13, 14, 15],
      ".audit.3.jsonl": [10, 11, 12],
      ".audit.jsonl": [19],
    });
    // The next server goes on in the same file.
    const second = audit(150);
    for (let n = 20; n < 35; n++) note(second, n);
    await second.close();
    const noted = notedIn(folder);
    assertEquals(Object.keys(noted).length, 6);
    assertEquals([noted[".audit.jsonl"], noted[".audit.1.jsonl"], noted[".audit.5.jsonl"]], [
      [34],
      [31, 32, 33],
      [19, 20, 21],
    ]);
  });
});

Deno.test("an audit that somebody else has put aside is begun anew when it is full", async () => {
  await withFolder(async (folder, audit) => {
    const own = audit(150);
    for (let n = 10; n < 13; n++) note(own, n);
    await Deno.rename(`${folder}/.audit.jsonl`, `${folder}/theirs.jsonl`);
    note(own, 13);
    await own.close();
    assertEquals(notedIn(folder), { ".audit.jsonl": [13], "theirs.jsonl": [10, 11, 12] });
  });
});

Deno.test("two servers in one folder put a full audit aside once", async () => {
  await withFolder(async (folder, audit) => {
    const [one, other] = [audit(150), audit(150)];
    for (let n = 10; n < 13; n++) note(one, n);
    for (let n = 20; n < 23; n++) note(other, n);
    note(one, 13);
    note(other, 23);
    await Promise.all([one.close(), other.close()]);
    const noted = notedIn(folder);
    assertEquals(Object.keys(noted), [".audit.1.jsonl", ".audit.jsonl"]);
    assertEquals(noted[".audit.1.jsonl"]?.toSorted(), [10, 11, 12, 20, 21, 22]);
    assertEquals(noted[".audit.jsonl"]?.toSorted(), [13, 23]);
  });
});
