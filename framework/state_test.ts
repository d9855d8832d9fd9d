import fc from "../tests/support/properties.ts";
import { assertEquals } from "../tests/support/assert.ts";
import { AgentMap } from "./state.ts";

Deno.test("AgentMap.get() finds every agent, in whatever order they are looked up", () => {
  const names = ["A", "B", "C", "D", "nobody"];
  fc.assert(fc.property(fc.array(fc.constantFrom(...names)), fc.integer({ min: 0, max: 4 }), (asked, size) => {
    const agents = AgentMap.of(names.slice(0, size).map((name) => ({ name, is: name.toLowerCase() })));
    const found = asked.map((name) => agents.get(name)?.is);
    assertEquals<unknown>(found, asked.map((name) => agents.has(name) ? name.toLowerCase() : undefined));
  }));
});
