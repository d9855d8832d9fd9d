import { assertEquals } from "../tests/support/assert.ts";
import { stateIssues } from "./fork_state.ts";

const scenario = {
  state_variables: {
    agent_vars: { wealth: { type: "float", min: 0, default: 1 } },
    global_vars: {
      prices: { type: "dict", value_type: { type: "float", min: 0 } },
      place: { type: "object", schema: { x: "int", y: "int" } },
      pair: { type: "tuple", item_types: ["int", { type: "list", item_type: "str" }] },
    },
  },
} as const;

Deno.test("stateIssues: values are checked where their path leads, at any depth", () => {
  const codes = (path: string, value: string | number | readonly number[]) =>
    stateIssues({ [path]: value }, scenario, ["A"]).map(({ code, file }) => `${file} ${code}`);
  for (
    const [path, value] of [
      ["agents.A.wealth", 2],
      ["global.prices.oil", 3],
      ["global.place.x", 3],
      ["global.pair.1.0", "text"],
    ] as const
  ) assertEquals(codes(path, value), [], path);
  for (
    const [path, value] of [["agents.A.wealth", -1], ["global.prices.oil", -3], ["global.place.x", 0.5], [
      "global.pair",
      [1],
    ]] as const
  ) {
    assertEquals(codes(path, value), ["--state invalid_value"], path);
  }
  for (const path of ["global.place.z", "global.pair.2", "global.pair.0.0"]) {
    assertEquals(codes(path, 1), ["--state unknown_path"], path);
  }
});
