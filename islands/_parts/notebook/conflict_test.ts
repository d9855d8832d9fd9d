import { assertEquals } from "../../../tests/support/assert.ts";
import { mix } from "../../_impl/merge.ts";
import { answered, carriedOver, regionsOf, whereIs } from "./conflict.ts";

const BASE = "# T\n\n```yaml run #a\nseed: 1\n```\n\nwords\n";
const MIXED = mix(
  BASE,
  BASE.replace("1", "2").replace("words", "mine"),
  BASE.replace("1", "3").replace("words", "disk"),
);

Deno.test("a conflict's regions are answered one by one", () => {
  assertEquals(regionsOf(MIXED).length, 2);
  assertEquals(answered(MIXED, ["mine"]), null);
  assertEquals(answered(MIXED, ["mine", "disk"]), BASE.replace("1", "2").replace("words", "disk"));
  assertEquals(answered(MIXED, ["both", "mine"]), BASE.replace("seed: 1", "seed: 2\nseed: 3").replace("words", "mine"));
});

Deno.test("what both sides have changed alike, or only one of them, is not asked about", () => {
  assertEquals(mix("a\nb\n", "A\nb\n", "A\nb\n").join(""), "A\nb\n");
  assertEquals(mix("a\nb\nc\n", "A\nb\nc\n", "a\nb\nC\n").join(""), "A\nb\nC\n");
  assertEquals(mix("", "mine\n", "disk\n"), [{ base: "", mine: "mine\n", disk: "disk\n" }]);
});

Deno.test("a region says in which cell it is", () => {
  assertEquals(regionsOf(MIXED).map((region) => whereIs(MIXED, region)), ["run #a", null]);
});

Deno.test("answers stay with regions that are as they were", () => {
  const [first, second] = regionsOf(MIXED);
  assertEquals(carriedOver([first!, second!], ["mine", "disk"], [second!, { ...first!, mine: "other" }]), [
    "disk",
    undefined,
  ]);
});
