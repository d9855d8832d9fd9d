import { assertEquals, assertMatches, assertRejects, assertTrue } from "../../tests/support/assert.ts";
import fc from "../../tests/support/properties.ts";
import { Tape } from "./tape.ts";
import type { NewTapeEntry, TapeEntry } from "./tape_entry.ts";
import { entriesIn, found, httpEntry, keyOf, linesIn, modelEntry, withFolder, withTape } from "./tape_test_support.ts";

/** Entries of all kinds with any texts, no two at one address with one key. */
function manyEntries(): fc.Arbitrary<NewTapeEntry[]> {
  // Lone surrogates among them.
  const text = fc.string({ unit: "binary", maxLength: 20 }).map((each) => each.slice(0, -1));
  const plain = { noNullPrototype: true };
  const head = fc.record({
    agent: text,
    turn: fc.nat(3),
    purpose: fc.oneof(fc.constant("decide"), text),
    n: fc.integer({ min: 1, max: 2 }),
    attempt: fc.integer({ min: 1, max: 2 }),
    key: fc.nat(2).map((i) => keyOf(`${i}`)),
  });
  const outcome = fc.oneof(
    fc.record({ response: fc.record({ content: text }, plain) }),
    fc.record({ error: fc.record({ code: text, message: text }, plain) }),
  );
  const rest = fc.record({
    cost_usd: fc.double({ min: 0, max: 1e6, noNaN: true }).map((each) => each + 0),
    latency_ms: fc.double({ min: 0, max: 1e9, noNaN: true }).map((each) => each + 0),
    usage: fc.record({ input_tokens: fc.nat(), output_tokens: fc.nat() }, plain),
  });
  const body = fc.oneof(
    text.map((content) =>
      modelEntry({
        request: {
          role: "agent",
          messages: [{ role: "user", content }],
          schema: null,
          temperature: 0.5,
          max_tokens: 9,
        },
      })
    ),
    text.map((url) => httpEntry({ request: { method: "POST", url, body: url } })),
  );
  return fc.uniqueArray(
    fc.tuple(body, head, outcome, rest).map(([one, two, three, four]) => {
      const { response: _response, error: _error, ...bare } = one;
      return { ...bare, ...two, ...three, ...four } as NewTapeEntry;
    }),
    {
      maxLength: 12,
      selector: ({ agent, turn, purpose, n, attempt, key }) => JSON.stringify([agent, turn, purpose, n, attempt, key]),
    },
  );
}

Deno.test("Tape: what was appended is found again, in any order, by whoever opens it", async () => {
  await withFolder(async (folder) => {
    let runs = 0;
    const property = fc.asyncProperty(manyEntries(), fc.boolean(), async (entries, atOnce) => {
      const path = `${folder}/${runs++}.jsonl`;
      const appended: TapeEntry[] = [];
      const findsAll = async (tape: Tape) => {
        for (const [i, entry] of [...entries.entries()].reverse()) {
          assertEquals(await found(tape, entry), { seq: i + 1, ...entry });
          assertEquals(await tape.find(entry, keyOf("another")), { otherKey: true });
          assertEquals(await tape.find({ ...entry, turn: 4 }, entry.key), null);
        }
        assertEquals(tape.damaged, []);
      };
      await withTape(path, "record", async (tape) => {
        if (atOnce) appended.push(...await Promise.all(entries.map((entry) => tape.append(entry))));
        else for (const entry of entries) appended.push(await tape.append(entry));
        await findsAll(tape);
      });
      assertEquals(appended, entries.map((entry, i) => ({ seq: i + 1, ...entry })));
      if (entries.length > 0) assertEquals(entriesIn(path), appended);
      for (const mode of ["record", "read"] as const) await withTape(path, mode, findsAll);
    });
    await fc.assert(property, { numRuns: 100 });
  });
});

Deno.test("Tape.open: a torn last line is cut off for recording and passed over for reading, wherever it ends", async () => {
  await withFolder(async (folder) => {
    const path = `${folder}/llm.jsonl`;
    const entries = [1, 2, 3].map((turn) => modelEntry({ turn, agent: "Zoë" }));
    await withTape(path, "record", (tape) => Promise.all(entries.map((entry) => tape.append(entry))));
    const whole = Deno.readFileSync(path);
    const start = whole.lastIndexOf(10, -2) + 1;
    for (let end = start; end < whole.length; end++) {
      const torn = whole.subarray(0, end);
      Deno.writeFileSync(path, torn);
      await withTape(path, "read", async (tape) => {
        assertEquals([await found(tape, entries[2]!), tape.totals().calls, tape.damaged.length], [null, 2, 0]);
      });
      assertEquals(Deno.readFileSync(path), torn);
      await withTape(path, "record", async (tape) => {
        assertEquals(Deno.statSync(path).size, start);
        assertEquals((await tape.append(entries[2]!)).seq, 3);
      });
      assertEquals(Deno.readFileSync(path), whole, `cut off at byte ${end}`);
    }
  });
});

Deno.test("Tape: damaged lines are named, stay where they are and take nothing else with them", async () => {
  await withFolder(async (folder) => {
    const path = `${folder}/llm.jsonl`;
    const line = (seq: number, facts: Record<string, unknown> = {}) =>
      JSON.stringify({ seq, ...modelEntry({ turn: seq }), ...facts });
    const damages: (string | Uint8Array)[] = [
      "this is no JSON",
      "",
      "null",
      '{"seq":1,"kind":"llm"}',
      line(1).slice(0, 200),
      line(1) + line(2),
      line(1, { key: "abc" }),
      line(1, { kind: "telepathy" }),
      line(1, { turn: -1 }),
      line(1, { usage: null }),
      line(1, { request: { method: "GET", url: "", body: null } }),
      line(1, { error: { code: "timeout", message: "and an answer" } }),
      line(1, { response: undefined }),
      new Uint8Array(500),
      new TextEncoder().encode(line(1)).map((byte) => byte === 65 ? 0xff : byte),
    ];
    const encode = (text: string | Uint8Array) => typeof text === "string" ? new TextEncoder().encode(text) : text;
    const file = Deno.openSync(path, { write: true, create: true });
    let lines = 0;
    const damaged: number[] = [];
    for (const damage of damages) {
      file.writeSync(encode(line(++lines) + "\n"));
      file.writeSync(encode(damage));
      file.writeSync(encode("\n"));
      damaged.push(++lines);
    }
    file.close();
    const before = Deno.readFileSync(path);
    await withTape(path, "record", async (tape) => {
      assertEquals(tape.damaged, damaged);
      for (let seq = 1; seq < lines; seq += 2) {
        assertEquals(await found(tape, modelEntry({ turn: seq })), JSON.parse(line(seq)));
      }
      assertEquals(tape.totals().calls, damages.length);
      assertEquals((await tape.append(modelEntry({ turn: 500 }))).seq, lines + 1);
    });
    assertEquals(Deno.readFileSync(path).subarray(0, before.length), before);
  });
});

Deno.test("Tape: calls at one address with several keys are all kept; of one call that is there twice the first counts", async () => {
  await withFolder(async (folder) => {
    const path = `${folder}/llm.jsonl`;
    const [one, two] = [modelEntry({ key: keyOf("one") }), modelEntry({ key: keyOf("two") })];
    await withTape(path, "record", async (tape) => {
      for (const entry of [one, two, { ...one, latency_ms: 99 }]) await tape.append(entry);
    });
    await withTape(path, "read", async (tape) => {
      assertEquals([await found(tape, one), await found(tape, two)], [{ seq: 1, ...one }, { seq: 2, ...two }]);
      assertEquals([tape.addresses(1).length, tape.totals().calls], [1, 3]);
    });
  });
});

Deno.test("Tape.find: an entry that is not there any more is no other entry", async () => {
  await withFolder(async (folder) => {
    const path = `${folder}/llm.jsonl`;
    const entries = [1, 2].map((turn) => modelEntry({ turn }));
    await withTape(path, "record", (tape) => Promise.all(entries.map((entry) => tape.append(entry))));
    const [first, second] = linesIn(path);
    await withTape(path, "read", async (tape) => {
      for (const changed of [`${second}\n${first}\n`, `${first}\n`, ""]) {
        Deno.writeTextFileSync(path, changed);
        assertMatches(
          (await assertRejects(() => found(tape, entries[1]!), "bad_tape")).message,
          /llm\.jsonl has changed/,
        );
      }
    });
  });
});

Deno.test("Tape.append: what could not be read again is refused, and so is what comes too late", async () => {
  await withFolder(async (folder) => {
    const path = `${folder}/llm.jsonl`;
    const tape = await Tape.open(path, { mode: "record" });
    for (const facts of [{ cost_usd: NaN }, { turn: 1.5 }, { key: "" }, { error: { code: "x", message: "y" } }]) {
      await assertRejects(() => tape.append(modelEntry(facts)), "bad_entry");
    }
    assertEquals([...Deno.readDirSync(folder)], []);
    const last = tape.append(modelEntry());
    await tape.close();
    assertEquals((await last).seq, 1);
    await tape.close();
    await assertRejects(() => tape.append(modelEntry({ turn: 2 })), "tape_closed");
    await assertRejects(() => tape.find(modelEntry(), keyOf("question")), "tape_closed");
    await withTape(
      path,
      "read",
      (reader) => assertRejects(() => reader.append(modelEntry({ turn: 2 })), "tape_closed"),
    );
    assertEquals(linesIn(path).length, 1);
  });
});

Deno.test("Tape.open: a tape that cannot be read or written is told as such", async () => {
  await withFolder(async (folder) => {
    Deno.mkdirSync(`${folder}/llm.jsonl`);
    for (const mode of ["record", "read"] as const) {
      const { message } = await assertRejects(() => Tape.open(`${folder}/llm.jsonl`, { mode }), "output_not_writable");
      assertMatches(message, mode === "read" ? /cannot be read/ : /cannot be written/);
    }
    const nowhere = await Tape.open(`${folder}/nowhere/llm.jsonl`, { mode: "record" });
    await assertRejects(() => nowhere.append(modelEntry()), "output_not_writable");
    await nowhere.close();
  });
});

Deno.test("Tape.totals: what was made and paid here, what was reused, and the first call that was new", async () => {
  await withFolder(async (folder) => {
    const path = `${folder}/llm.jsonl`;
    const reused = { reused_from: "parent", cost_usd: 0 };
    const calls: [turn: number, agent: string, isReused: boolean][] = [
      [1, "Ada", true],
      [1, "Bob", true],
      // Its line in the parent's tape was damaged.
      [2, "Ada", false],
      [3, "Ada", true],
      [3, "Bob", true],
      [4, "Bob", false],
      [4, "Ada", true],
      [5, "Ada", false],
      [4, "Cleo", false],
    ];
    const made = { usd: 1, input_tokens: 80, output_tokens: 20, calls: 4, retries: 0 };
    const check = (tape: Tape) => {
      const ofReuse = (after?: number) => {
        const { reused_calls, first_new, ...rest } = tape.totals(after);
        assertEquals(rest, made);
        return [reused_calls, first_new];
      };
      assertEquals(ofReuse(), [5, { turn: 2, agent: "Ada" }]);
      assertEquals(ofReuse(2), [3, { turn: 4, agent: "Bob" }]);
      assertEquals(ofReuse(3), [1, { turn: 4, agent: "Bob" }]);
      // Nothing was reused from here on: then nobody asks what was new.
      assertEquals(ofReuse(4), [0, null]);
      assertEquals(tape.addresses(2).map(({ turn, agent }) => `${turn} ${agent}`), ["1 Ada", "1 Bob", "2 Ada"]);
      assertEquals(tape.addresses(0), []);
      assertEquals(tape.addresses(9).length, calls.length);
    };
    await withTape(path, "record", async (tape) => {
      for (const [turn, agent, isReused] of calls) {
        await tape.append(modelEntry({ turn, agent, ...(isReused && reused) }));
      }
      check(tape);
    });
    await withTape(path, "read", check);
  });
});

Deno.test("Tape.totals: of a run that reuses nothing, or everything, there is no first new call", async () => {
  await withFolder(async (folder) => {
    for (const [name, facts, calls] of [["made", {}, [1, 0]], ["reused", { reused_from: "parent" }, [0, 1]]] as const) {
      await withTape(`${folder}/${name}`, "record", async (tape) => {
        await tape.append(modelEntry(facts));
        const totals = tape.totals();
        assertEquals([totals.calls, totals.reused_calls, totals.first_new], [...calls, null]);
      });
    }
  });
});

Deno.test("Tape: a large tape is not held in memory", async () => {
  await withFolder(async (folder) => {
    const path = `${folder}/llm.jsonl`;
    const [entries, bytesEach] = [1600, 40_000];
    const file = Deno.openSync(path, { write: true, create: true });
    for (let seq = 1; seq <= entries; seq++) {
      const entry = modelEntry({ turn: seq, response: { content: "x".repeat(bytesEach) } });
      file.writeSync(new TextEncoder().encode(JSON.stringify({ seq, ...entry }) + "\n"));
    }
    file.close();
    const used = () => {
      const { heapUsed, external } = Deno.memoryUsage();
      return heapUsed + external;
    };
    const before = used();
    let peak = 0;
    const watch = setInterval(() => peak = Math.max(peak, used() - before), 1);
    await withTape(path, "record", async (tape) => {
      assertEquals(tape.totals().calls, entries);
      const last = await found(tape, modelEntry({ turn: entries }));
      assertEquals(last?.response?.content.length, bytesEach);
    });
    clearInterval(watch);
    // Of what is read and let go, much has not been collected yet.
    assertTrue(peak < entries * bytesEach / 2, `${(peak / 1e6).toFixed(1)} MB`);
  });
});
