import { assertEquals } from "../../../tests/support/assert.ts";
import { countOf, found, listUrl, type ScenarioGroup } from "./list.ts";

const GROUPS: readonly ScenarioGroup[] = [
  {
    repo: "economic",
    isBroken: false,
    files: [
      { repo: "economic", config: "growth.yaml", kind: "scenario", description: "Free trade" },
      { repo: "economic", config: "sweep.yaml", kind: "batch", name: "policies" },
    ],
  },
  { repo: "social", isBroken: true, files: [] },
];

const names = (query: string) =>
  found(GROUPS, query).flatMap(({ repo, files }) => [repo, ...files.map((f) => f.config)]);

Deno.test("all words are looked for in all that is said of a file; a domain's name finds all of it", () => {
  assertEquals(names(""), ["economic", "growth.yaml", "sweep.yaml", "social"]);
  assertEquals(names("TRADE growth"), ["economic", "growth.yaml"]);
  assertEquals(names("policies batch"), ["economic", "sweep.yaml"]);
  assertEquals(names("soc"), ["social"]);
  assertEquals(names("nowhere"), []);
  assertEquals(countOf(found(GROUPS, "economic")), 2);
});

Deno.test("the address holds what is looked for", () => {
  assertEquals([listUrl("  "), listUrl(" a & b ")], ["/scenarios", "/scenarios?q=a+%26+b"]);
});
