/** Keys: which were pressed, and how they are written. */

const MAC: { readonly [key: string]: string } = { Mod: "⌘", Ctrl: "⌃", Alt: "⌥", Shift: "⇧" };
const OTHER: { readonly [key: string]: string } = { Mod: "Ctrl" };
const SIGNS: { readonly [key: string]: string } = {
  ArrowUp: "↑",
  ArrowDown: "↓",
  ArrowLeft: "←",
  ArrowRight: "→",
  Escape: "Esc",
};

/** Whether Mod is the command key. */
export function isMac(): boolean {
  return typeof navigator !== "undefined" && /Mac|iPhone|iPad/.test(navigator.platform);
}

/** `Mod-Shift-Enter` as the caps on the keyboard: `["Ctrl", "Shift", "Enter"]`. */
export function keyCaps(keys: string, mac = isMac()): string[] {
  // A minus may itself be a key: `Mod--`.
  return keys.split(/-(?!$)/).map((key) =>
    (mac ? MAC : OTHER)[key] ?? SIGNS[key] ?? (key.length === 1 ? key.toUpperCase() : key)
  );
}

/** What of a keyboard event says which keys were pressed. */
export type Pressed = Pick<KeyboardEvent, "key" | "ctrlKey" | "metaKey" | "altKey" | "shiftKey">;

/** Whether exactly these keys were pressed, `Mod` being Ctrl or, on a Mac, the command key. */
export function isPressed(event: Pressed, keys: string, mac = isMac()): boolean {
  const parts = keys.split(/-(?!$)/);
  const key = parts.pop()!;
  const wants = (name: string) => parts.includes(name);
  const sameKey = event.key.toLowerCase() === key.toLowerCase();
  const [ctrl, meta] = mac ? [wants("Ctrl"), wants("Mod")] : [wants("Mod") || wants("Ctrl"), false];
  return sameKey && event.ctrlKey === ctrl && event.metaKey === meta && event.altKey === wants("Alt") &&
    // What is a letter with Shift already says so itself, as `?` does.
    (event.shiftKey === wants("Shift") || (key.length === 1 && /[^\p{L}\p{N}]/u.test(key)));
}

/** Whether letters that are pressed now are typed into something. */
export function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement &&
    (target.isContentEditable ||
      target.matches("textarea, select, input:not([type=checkbox], [type=radio], [type=range], [type=button])"));
}
