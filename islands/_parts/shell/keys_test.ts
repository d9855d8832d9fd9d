import { assertEquals } from "../../../tests/support/assert.ts";
import { isPressed, keyCaps, type Pressed } from "./keys.ts";

const pressed = (key: string, held = ""): Pressed => ({
  key,
  ctrlKey: held.includes("c"),
  metaKey: held.includes("m"),
  altKey: held.includes("a"),
  shiftKey: held.includes("s"),
});

Deno.test("Mod is the command key on a Mac, and Ctrl elsewhere", () => {
  assertEquals(isPressed(pressed("k", "c"), "Mod-K", false), true);
  assertEquals(isPressed(pressed("k", "m"), "Mod-K", false), false);
  assertEquals(isPressed(pressed("k", "m"), "Mod-K", true), true);
  assertEquals(isPressed(pressed("k", "c"), "Mod-K", true), false);
});

Deno.test("keys that are held beside count", () => {
  assertEquals(isPressed(pressed("K", "cs"), "Mod-K", false), false);
  assertEquals(isPressed(pressed("K", "cs"), "Mod-Shift-K", false), true);
  assertEquals(isPressed(pressed("k", "ca"), "Mod-K", false), false);
  assertEquals(isPressed(pressed("?", "s"), "?", false), true);
  assertEquals(isPressed(pressed("?", "cs"), "?", false), false);
});

Deno.test("keys are written as on the keyboard", () => {
  assertEquals(keyCaps("Mod-Shift-Enter", false), ["Ctrl", "Shift", "Enter"]);
  assertEquals(keyCaps("Mod-k", true), ["⌘", "K"]);
  assertEquals(keyCaps("Alt-ArrowUp", false), ["Alt", "↑"]);
  assertEquals(keyCaps("Mod--", false), ["Ctrl", "-"]);
});
