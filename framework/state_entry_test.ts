import { assertEquals } from "../tests/support/assert.ts";
import { type EntryNames, stateChangeIssues, stateEntryIssues } from "./state_entry.ts";

const KNOWN: EntryNames = {
  variables: {
    agent_vars: { wealth: { type: "float", min: 0, default: 1 }, age: { type: "int", default: 0 } },
    global_vars: {
      open: { type: "bool", default: true },
      prices: { type: "dict", key_type: "str", value_type: "float" },
      pair: { type: "tuple", item_types: ["int", "str"], default: [0, ""] },
    },
  },
  names: {
    agents: (name) => name === "A",
    suggestAgent: (name) => `not ${name}`,
    agent_vars: ["wealth", "age"],
    global_vars: ["open", "prices", "pair", "broken"],
  },
};

const found = (issues: ReturnType<typeof stateEntryIssues>) => issues.map(({ code }) => code).join();

Deno.test("stateChangeIssues: only numbers are added to and multiplied, at any depth", () => {
  const change = (path: string, operation: "add" | "multiply", operand = 1) =>
    found(stateChangeIssues(path, operation, operand, KNOWN));
  for (const path of ["agents.A.wealth", "agents.A.age", "global.prices.oil", "global.pair.0"]) {
    assertEquals([change(path, "add"), change(path, "multiply")], ["", ""], path);
  }
  for (const path of ["global.open", "global.prices", "global.pair", "global.pair.1"]) {
    assertEquals([change(path, "add"), change(path, "multiply")], ["not_numeric", "not_numeric"], path);
  }
  assertEquals(change("agents.A.age", "add", 0.5), "invalid_value");
  assertEquals(change("agents.A.age", "multiply", 0.5), "", "of an even age the half is whole");
  assertEquals(change("agents.A.wealth", "add", 0.5), "");
});

Deno.test("a path that leads nowhere is told apart from one that cannot be written", () => {
  const codes = (path: string) => [
    found(stateEntryIssues(path, 1, KNOWN)),
    found(stateChangeIssues(path, "add", 1, KNOWN)),
  ];
  assertEquals(codes("global."), ["bad_path", "bad_path"]);
  assertEquals(codes("turn"), ["read_only_path", "read_only_path"]);
  assertEquals(codes("sum(wealth)"), ["read_only_path", "read_only_path"]);
  assertEquals(codes("agents.B.wealth"), ["unknown_path", "unknown_path"]);
  assertEquals(codes("global.pair.2"), ["unknown_path", "unknown_path"]);
  assertEquals(stateEntryIssues("agents.B.wealth", 1, KNOWN)[0]!.hint, "not B");
  assertEquals(codes("global.broken.x"), ["", ""], "a definition that is broken has had its own error");
});
