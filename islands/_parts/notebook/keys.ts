/** The keys of the notebook: which command a key stands for. Pure; who listens and what is done is elsewhere. */

/** What a key can ask for. */
export type Command =
  | "run-next"
  | "run"
  | "run-insert"
  | "run-ancestors"
  | "leave"
  | "edit"
  | "insert-above"
  | "insert-below"
  | "delete"
  | "undo"
  | "redo"
  | "cut"
  | "copy"
  | "paste"
  | "next"
  | "previous"
  | "move-up"
  | "move-down"
  | "save"
  | "interrupt";

/** What was pressed, as events of browsers say it. */
export interface Press {
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
  readonly shiftKey: boolean;
  /** Whether a character is being composed. */
  readonly isComposing?: boolean;
}

/** Where the focus is. */
export interface Focus {
  /** `cell`: on a cell itself; `editor`: in its editor; `control`: on a button or a link in it; `field`: where one types. */
  readonly on: "cell" | "editor" | "field" | "control" | "page";
  /** Whether single letters are commands. */
  readonly letters: boolean;
  /** Letter that was pressed just before: `d` begins `dd`. */
  readonly pending: string | null;
}

/** What is to be done, and what letter is waited on. */
export interface Meaning {
  readonly command: Command | null;
  readonly pending: string | null;
}

const NOTHING: Meaning = { command: null, pending: null };

const LETTERS: Readonly<Record<string, Command>> = {
  a: "insert-above",
  b: "insert-below",
  z: "undo",
  Z: "redo",
  c: "copy",
  x: "cut",
  v: "paste",
  j: "next",
  k: "previous",
};

/** What a key means there. Letters mean something on a focused cell only: nothing is ever taken from who types. */
export function meaningOf(press: Press, focus: Focus): Meaning {
  if (press.isComposing) return NOTHING;
  const command = chord(press, focus);
  if (command !== null) return { command, pending: null };
  const { key, ctrlKey, metaKey, altKey } = press;
  if (focus.on !== "cell" || ctrlKey || metaKey || altKey) return NOTHING;
  if (key === "Enter" && !press.shiftKey) return { command: "edit", pending: null };
  if (key === "ArrowDown") return { command: "next", pending: null };
  if (key === "ArrowUp") return { command: "previous", pending: null };
  if (!focus.letters) return NOTHING;
  if (key === "d") {
    return focus.pending === "d" ? { command: "delete", pending: null } : { command: null, pending: "d" };
  }
  return { command: Object.hasOwn(LETTERS, key) ? LETTERS[key]! : null, pending: null };
}

function chord({ key, ctrlKey, metaKey, altKey, shiftKey }: Press, { on }: Focus): Command | null {
  const mod = ctrlKey || metaKey;
  const inCell = on === "cell" || on === "editor";
  if (key === "Enter" && inCell) {
    if (mod && shiftKey) return "run-ancestors";
    if (mod && !altKey) return "run";
    if (altKey && !mod) return "run-insert";
    if (shiftKey && !altKey && !mod) return "run-next";
    return null;
  }
  if (key === "Escape" && !mod && !altKey) return on === "editor" || on === "control" ? "leave" : null;
  if (altKey && !mod && !shiftKey && (inCell || on === "control")) {
    if (key === "ArrowUp") return "move-up";
    if (key === "ArrowDown") return "move-down";
  }
  if (!mod || altKey || shiftKey) return null;
  switch (key.toLowerCase()) {
    case "s":
      return "save";
    case "i":
      return on === "field" ? null : "interrupt";
    default:
      return null;
  }
}

/** All keys with what they do, for the list of keys. */
export const KEYS: readonly (readonly [keys: string, does: string, where: "anywhere" | "cell" | "command"])[] = [
  ["Shift-Enter", "Run, and go on to the next cell", "cell"],
  ["Mod-Enter", "Run", "cell"],
  ["Alt-Enter", "Run, and insert a cell below", "cell"],
  ["Mod-Shift-Enter", "Run with the stale cells that it reads", "cell"],
  ["Enter", "Edit the cell", "cell"],
  ["Escape", "Leave the editor", "cell"],
  ["Alt-ArrowUp", "Move the cell up", "cell"],
  ["Alt-ArrowDown", "Move the cell down", "cell"],
  ["j", "Next cell", "command"],
  ["k", "Previous cell", "command"],
  ["a", "Insert a cell above", "command"],
  ["b", "Insert a cell below", "command"],
  ["d d", "Delete the cell", "command"],
  ["z", "Undo what was done with cells", "command"],
  ["Shift-Z", "Do it again", "command"],
  ["x", "Cut the cell", "command"],
  ["c", "Copy the cell", "command"],
  ["v", "Paste below", "command"],
  ["Mod-s", "Save", "anywhere"],
  ["Mod-i", "Interrupt what runs", "anywhere"],
];
