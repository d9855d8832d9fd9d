import { assertEquals, assertRejects } from "../../tests/support/assert.ts";
import { LocalStore } from "../store/mod.ts";
import { TurnLabels } from "./labels.ts";

/** Labels in a new output folder, which is gone afterwards. */
async function withLabels(body: (labels: TurnLabels, file: string, store: LocalStore) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  const store = new LocalStore(`${folder}/output`);
  let second = 0;
  const labels = new TurnLabels(store, () => new Date(Date.UTC(2026, 0, 1, 12, 0, second++)));
  try {
    await body(labels, `${folder}/output/.labels/turns.jsonl`, store);
  } finally {
    store.close();
    await Deno.remove(folder, { recursive: true });
  }
}

const label = { run_id: "run_1agents_20260101_120000_1", turn: 1, alignment: "aligned", by: "ada" } as const;

Deno.test("TurnLabels: there are none before the first", () =>
  withLabels(async (labels) => {
    assertEquals(await labels.all(), []);
    assertEquals(await labels.of("any"), []);
  }));

Deno.test("TurnLabels: put says when, and another reader finds it", () =>
  withLabels(async (labels, _file, store) => {
    const put = await labels.put({ ...label, note: "did exactly that" });
    assertEquals(put, { ...label, note: "did exactly that", at: "2026-01-01T12:00:00.000Z" });
    assertEquals(await new TurnLabels(store).all(), [put]);
  }));

Deno.test("TurnLabels: keeps what was judged with the label", () =>
  withLabels(async (labels) => {
    const desired_action = { kind: "task_operation", name: "delete_task", parameters: { task_id: 3 } };
    const turn_record = {
      wish: { index: 1, desired_action, seal: "s", salt: "t" },
      transcript_turn: { index: 1, message: "Delete 3", reply: "Done", actions: [] },
    };
    await labels.put({ ...label, turn_record });
    assertEquals((await labels.all())[0]!.turn_record, turn_record);
  }));

Deno.test("TurnLabels: the last label of a turn counts, the file keeps them all", () =>
  withLabels(async (labels, file) => {
    await labels.put(label);
    await labels.put({ ...label, turn: 2, alignment: "unclear" });
    await labels.put({ ...label, alignment: "misaligned", by: "bob" });
    assertEquals((await labels.of(label.run_id)).map((each) => [each.turn, each.alignment, each.by]), [
      [1, "misaligned", "bob"],
      [2, "unclear", "ada"],
    ]);
    assertEquals(Deno.readTextFileSync(file).trim().split("\n").length, 3);
  }));

Deno.test("TurnLabels: of() gives the labels of one run, all() those of every run, by run and turn", () =>
  withLabels(async (labels) => {
    await labels.put({ ...label, run_id: "b", turn: 10 });
    await labels.put({ ...label, run_id: "b", turn: 9 });
    await labels.put({ ...label, run_id: "a", turn: 12 });
    assertEquals((await labels.of("b")).map(({ turn }) => turn), [9, 10]);
    assertEquals((await labels.all()).map(({ run_id, turn }) => `${run_id}${turn}`), ["a12", "b9", "b10"]);
  }));

Deno.test("TurnLabels: what is taken back counts no more, stays in the file, and can be said again", () =>
  withLabels(async (labels, file, store) => {
    await labels.put(label);
    const second = await labels.put({ ...label, turn: 2 });
    await labels.takeBack({ run_id: label.run_id, turn: 1, by: "bob" });
    assertEquals(await labels.all(), [second]);
    assertEquals(await new TurnLabels(store).all(), [second]);
    const last = JSON.parse(Deno.readTextFileSync(file).trim().split("\n").at(-1)!);
    assertEquals([last.turn, last.alignment, last.by], [1, null, "bob"]);
    const again = await labels.put({ ...label, alignment: "unclear" });
    assertEquals(await labels.of(label.run_id), [again, second]);
    assertEquals(await labels.badLines(), 0);
  }));

Deno.test("TurnLabels: a half-written last line is left out, and cut off by the next label", () =>
  withLabels(async (labels, file) => {
    const first = await labels.put(label);
    Deno.writeTextFileSync(file, `{"run_id":"x","turn":1,"alig`, { append: true });
    assertEquals(await labels.all(), [first]);
    const second = await labels.put({ ...label, turn: 2 });
    assertEquals(await labels.all(), [first, second]);
  }));

Deno.test("TurnLabels: lines that are no label are passed over and counted, and those after them count", () =>
  withLabels(async (labels, file) => {
    const first = await labels.put(label);
    assertEquals(await labels.badLines(), 0);
    Deno.writeTextFileSync(file, `nonsense\n\n{"run_id":"x","turn":0}\n\xff\n`, { append: true });
    assertEquals([await labels.all(), await labels.badLines()], [[first], 3]);
    const second = await labels.put({ ...label, turn: 2 });
    assertEquals([await labels.of(label.run_id), await labels.badLines()], [[first, second], 3]);
  }));

Deno.test("TurnLabels: what another store appends is found, and only that is read", () =>
  withLabels(async (labels, file) => {
    const first = await labels.put(label);
    assertEquals(await labels.all(), [first]);
    const other = new LocalStore(file.slice(0, file.indexOf("/.labels")));
    try {
      for (let turn = 2; turn < 5; turn++) {
        // What has been read is not read again: it may be anything by now.
        overwrite(file, "#");
        const put = await new TurnLabels(other).put({ ...label, turn });
        assertEquals((await labels.all()).map((each) => each.turn), Array.from({ length: turn }, (_, i) => i + 1));
        assertEquals((await labels.of(label.run_id)).at(-1), put);
      }
      assertEquals(await labels.badLines(), 0);
      assertEquals(await new TurnLabels(other).badLines(), 1);
    } finally {
      other.close();
    }
  }));

Deno.test("TurnLabels: a file that became shorter, was replaced or written anew is read from its beginning", () =>
  withLabels(async (labels, file) => {
    const [first, second] = [await labels.put(label), await labels.put({ ...label, turn: 2 })];
    const text = (...lines: unknown[]) => lines.map((line) => `${JSON.stringify(line)}\n`).join("");
    assertEquals(await labels.all(), [first, second]);
    Deno.writeTextFileSync(file, text(first));
    assertEquals(await labels.all(), [first]);
    const renoted = { ...first, note: "a note that was written later" };
    Deno.writeTextFileSync(file, text(renoted));
    assertEquals(await labels.all(), [renoted]);
    Deno.writeTextFileSync(`${file}.new`, text(second, second, { ...second, turn: 3 }));
    Deno.renameSync(`${file}.new`, file);
    assertEquals((await labels.all()).map(({ turn }) => turn), [2, 3]);
    Deno.removeSync(file);
    assertEquals(await labels.all(), []);
  }));

/** Replaces the first byte of a file, in place. */
function overwrite(path: string, byte: string): void {
  using file = Deno.openSync(path, { write: true });
  file.writeSync(new TextEncoder().encode(byte));
}

Deno.test("TurnLabels: labels put at the same time by two stores are all kept", () =>
  withLabels(async (labels, file) => {
    const other = new LocalStore(file.slice(0, file.indexOf("/.labels")));
    try {
      const others = new TurnLabels(other);
      await Promise.all(
        Array.from({ length: 20 }, (_, i) => (i % 2 ? labels : others).put({ ...label, turn: i + 1 })),
      );
      assertEquals((await labels.all()).length, 20);
    } finally {
      other.close();
    }
  }));

Deno.test("TurnLabels: what is no label is refused and not written", () =>
  withLabels(async (labels) => {
    for (const wrong of [{ turn: 0 }, { turn: 1.5 }, { alignment: "good" }, { by: " " }, { run_id: "" }]) {
      await assertRejects(() => labels.put({ ...label, ...wrong } as never), "bad_turn_label");
    }
    assertEquals(await labels.all(), []);
  }));

Deno.test("TurnLabels: an output folder that is none says so", async () => {
  const file = await Deno.makeTempFile();
  const store = new LocalStore(file);
  try {
    await assertRejects(() => new TurnLabels(store).put(label), "output_not_writable");
  } finally {
    store.close();
    await Deno.remove(file);
  }
});
