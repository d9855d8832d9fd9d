import { assertEquals, assertMatches } from "../../../tests/support/assert.ts";
import { emptyNotebook, notebookPath } from "./notebook_files.ts";

Deno.test("what is typed becomes a path", () => {
  assertEquals([" notes/first ", "/a.md/", "B.MD"].map(notebookPath), ["notes/first.md", "a.md", "B.MD"]);
});

Deno.test("an empty notebook has a title", () => {
  assertMatches(
    emptyNotebook("x/my_first-page.md"),
    /^---\nnotebook: 1\ntitle: "My first page"\n---\n\n# My first page\n$/,
  );
  assertMatches(emptyNotebook(".md"), /# Untitled/);
});
