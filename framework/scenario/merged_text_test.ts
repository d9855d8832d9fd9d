import { assertEquals } from "../../tests/support/assert.ts";
import { mergedScenario } from "./mod.ts";

const BASE = `domain: economic
simulation: { name: base, max_turns: 10 }
engine:
  type: economic
  interest_rate: 0.02
agents:
  - { name: A, type: nation }
`;

const read = () => Promise.resolve({ file: "base.yaml", text: BASE });

Deno.test("mergedScenario: bases are merged in, and each line says where its value was written", async () => {
  const text = "extends: base.yaml\nsimulation:\n  name: mine\nengine: { interest_rate: 0.05 }\n";
  const { text: merged, origins } = (await mergedScenario(text, "mine.yaml", read))!;
  const told = merged.split("\n").map((line, i) => {
    const origin = origins[i];
    return origin ? `${line.trim()} < ${origin.file}:${origin.line}` : line.trim();
  });
  assertEquals(told, [
    "domain: economic < base.yaml:1",
    "simulation:",
    "name: mine < mine.yaml:3",
    "max_turns: 10 < base.yaml:2",
    "engine:",
    "type: economic < base.yaml:4",
    "config:",
    "interest_rate: 0.05 < mine.yaml:4",
    "agents:",
    "- name: A < base.yaml:7",
    "type: nation < base.yaml:7",
    "",
  ]);
});

Deno.test("mergedScenario: a text that cannot be read is none", async () => {
  assertEquals(await mergedScenario("a: [", "mine.yaml", read), null);
});
