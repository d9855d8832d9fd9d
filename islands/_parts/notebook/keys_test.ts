import { assertEquals } from "../../../tests/support/assert.ts";
import { type Focus, meaningOf, type Press } from "./keys.ts";

function press(keys: string): Press {
  const parts = keys.split("-");
  const key = parts.pop()!;
  const has = (name: string) => parts.includes(name);
  return { key, ctrlKey: has("Ctrl"), metaKey: has("Meta"), altKey: has("Alt"), shiftKey: has("Shift") };
}

function command(keys: string, on: Focus["on"], focus: Partial<Focus> = {}) {
  return meaningOf(press(keys), { on, letters: true, pending: null, ...focus }).command;
}

Deno.test("running keys work on a cell and in its editor", () => {
  for (const on of ["cell", "editor"] as const) {
    assertEquals(command("Shift-Enter", on), "run-next");
    assertEquals(command("Ctrl-Enter", on), "run");
    assertEquals(command("Meta-Enter", on), "run");
    assertEquals(command("Alt-Enter", on), "run-insert");
    assertEquals(command("Ctrl-Shift-Enter", on), "run-ancestors");
    assertEquals(command("Alt-ArrowUp", on), "move-up");
    assertEquals(command("Alt-ArrowDown", on), "move-down");
  }
  assertEquals([command("Enter", "cell"), command("Enter", "editor"), command("Enter", "control")], [
    "edit",
    null,
    null,
  ]);
  assertEquals([command("Escape", "editor"), command("Escape", "cell")], ["leave", null]);
});

Deno.test("letters are commands on a cell only, and only while they are switched on", () => {
  const letters = {
    a: "insert-above",
    b: "insert-below",
    z: "undo",
    c: "copy",
    x: "cut",
    v: "paste",
    j: "next",
    k: "previous",
  } as const;
  for (const [key, does] of Object.entries(letters)) {
    assertEquals(command(key, "cell"), does);
    assertEquals(command(key, "cell", { letters: false }), null);
    for (const on of ["editor", "field", "control", "page"] as const) {
      assertEquals(command(key, on), null, `${key} ${on}`);
    }
    for (const mod of ["Ctrl", "Meta", "Alt"]) assertEquals(command(`${mod}-${key}`, "cell"), null, `${mod}-${key}`);
  }
  assertEquals(command("Shift-Z", "cell"), "redo");
});

Deno.test("d deletes when it is pressed twice", () => {
  const focus: Focus = { on: "cell", letters: true, pending: null };
  assertEquals(meaningOf(press("d"), focus), { command: null, pending: "d" });
  assertEquals(meaningOf(press("d"), { ...focus, pending: "d" }), { command: "delete", pending: null });
  assertEquals(meaningOf(press("j"), { ...focus, pending: "d" }), { command: "next", pending: null });
  assertEquals(meaningOf(press("d"), { ...focus, on: "field", pending: "d" }), { command: null, pending: null });
});

Deno.test("save and interrupt work everywhere; nothing is taken from a field, nor while a character is composed", () => {
  for (const on of ["cell", "editor", "field", "control", "page"] as const) assertEquals(command("Ctrl-s", on), "save");
  assertEquals([command("Meta-i", "page"), command("Ctrl-i", "editor"), command("Ctrl-i", "field")], [
    "interrupt",
    "interrupt",
    null,
  ]);
  for (const keys of ["Enter", "Shift-Enter", "Ctrl-Enter", "Alt-ArrowUp", "ArrowDown", "Escape"]) {
    assertEquals(command(keys, "field"), null, keys);
  }
  assertEquals(
    meaningOf({ ...press("Shift-Enter"), isComposing: true }, { on: "editor", letters: true, pending: null }),
    {
      command: null,
      pending: null,
    },
  );
});
