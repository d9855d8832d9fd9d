import { assertEquals } from "../../tests/support/assert.ts";
import fc from "../../tests/support/properties.ts";
import type { AnswerMemory } from "../store/mod.ts";
import { AnswerModes, type Refused } from "./answer_mode.ts";

const provider = { base_url: "http://127.0.0.1:1/v1", length_parameter: "max_tokens" } as const;

/** A memory that can be looked into. */
function memory(): AnswerMemory & { readonly kept: Map<string, string> } {
  const kept = new Map<string, string>();
  return { kept, recall: (key) => kept.get(key) ?? null, remember: (key, answer) => void kept.set(key, answer) };
}

Deno.test("a model is asked in the most demanding way until that is refused", () => {
  const modes = new AnswerModes();
  const first = modes.of(provider, "m");
  assertEquals(first, { mode: "json_schema", temperature: true, length: "max_tokens" });
  const second = modes.adapt(provider, "m", "response_format", first)!;
  assertEquals(second.asking.mode, "json_object");
  assertEquals(second.change, "takes no JSON Schema; it is asked in JSON mode");
  const third = modes.adapt(provider, "m", "response_format", second.asking)!;
  assertEquals(third.asking.mode, "prompt");
  assertEquals(modes.adapt(provider, "m", "response_format", third.asking), null);
  assertEquals(modes.of(provider, "another").mode, "json_schema");
  assertEquals(modes.of({ ...provider, base_url: "http://127.0.0.1:2/v1" }, "m").mode, "json_schema");
});

Deno.test("of two calls that meet the same refusal one learns from it, and the other asks as it does", () => {
  const modes = new AnswerModes();
  const was = modes.of(provider, "m");
  modes.adapt(provider, "m", "response_format", was);
  assertEquals(modes.adapt(provider, "m", "response_format", was), { asking: modes.of(provider, "m"), change: null });
  assertEquals(modes.of(provider, "m").mode, "json_object");
});

Deno.test("the length goes by its other name, then not at all, whichever came first", () => {
  for (
    const [first, second] of [["max_tokens", "max_completion_tokens"], ["max_completion_tokens", "max_tokens"]] as const
  ) {
    const modes = new AnswerModes();
    const named = { ...provider, length_parameter: first };
    let asking = modes.of(named, "m");
    assertEquals(asking.length, first);
    asking = modes.adapt(named, "m", "length", asking)!.asking;
    assertEquals(asking.length, second);
    asking = modes.adapt(named, "m", "length", asking)!.asking;
    assertEquals(asking.length, null);
    assertEquals(modes.adapt(named, "m", "length", asking), null);
  }
});

Deno.test("what was found is known to the next process, and no password with it", () => {
  const kept = memory();
  const secret = { ...provider, base_url: "https://me:secret@models.example/v1?key=secret" };
  const modes = new AnswerModes(kept);
  modes.adapt(secret, "m", "temperature", modes.of(secret, "m"));
  assertEquals(new AnswerModes(kept).of(secret, "m"), {
    mode: "json_schema",
    temperature: false,
    length: "max_tokens",
  });
  assertEquals(JSON.stringify([...kept.kept]).includes("secret"), false);
});

Deno.test("a memory that holds nonsense is as good as none", () => {
  for (
    const nonsense of ["", "{", "null", "[]", '{"mode":"shout","temperature":true,"length":null}', '{"mode":"prompt"}']
  ) {
    const modes = new AnswerModes({ recall: () => nonsense, remember: () => {} });
    assertEquals(modes.of(provider, "m").mode, "json_schema", nonsense);
  }
});

Deno.test("property: whatever is refused in whatever order by calls side by side, it comes to an end", () => {
  const refusals = fc.array(
    fc.record({ call: fc.nat(3), refused: fc.constantFrom<Refused>("response_format", "temperature", "length") }),
    { maxLength: 80, size: "max" },
  );
  fc.assert(fc.property(refusals, (steps) => {
    const modes = new AnswerModes();
    const asked = Array.from({ length: 4 }, () => modes.of(provider, "m"));
    let changes = 0;
    const again = [0, 0, 0, 0];
    for (const { call, refused } of steps) {
      const adaptation = modes.adapt(provider, "m", refused, asked[call]!);
      if (adaptation === null) continue;
      asked[call] = adaptation.asking;
      again[call]!++;
      if (adaptation.change !== null) changes++;
    }
    assertEquals(changes <= 5 && again.every((times) => times <= 5), true, `${changes} changes, tries ${again}`);
  }));
});
