import { assertEquals } from "../../../tests/support/assert.ts";
import { dismiss, lifetimeOf, toast, toasts } from "./toasts.ts";

const texts = () => toasts.value.map(({ text }) => text);

Deno.test("notes come, go, are not doubled, and are never many", () => {
  const close = toast({ text: "a" });
  toast({ text: "b" });
  toast({ text: "a" });
  assertEquals(texts(), ["b", "a"]);
  close();
  assertEquals(texts(), ["b", "a"], "the note that it closes is gone already");
  for (const text of ["c", "d", "e"]) toast({ text });
  assertEquals(texts(), ["a", "c", "d", "e"]);
  for (const { id } of toasts.value) dismiss(id);
  assertEquals(texts(), []);
});

Deno.test("errors stay, and what can be undone stays longer", () => {
  assertEquals(lifetimeOf({ text: "", kind: "error" }), null);
  assertEquals(lifetimeOf({ text: "", action: { label: "Undo", run: () => {} } }), 12_000);
  assertEquals(lifetimeOf({ text: "" }), 5000);
});
