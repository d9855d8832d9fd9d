/** How the shell is arranged: kept in a cookie, so that the server draws it as it was left and nothing jumps. */

/** How the shell is arranged. */
export interface ShellState {
  /** Folders of the tree that are open, by key: `notebooks`, `scenarios/economic`. */
  readonly open: readonly string[];
  /** Width of the tree in pixels. */
  readonly width: number;
  /** Whether the tree is put away on wide screens. */
  readonly hidden: boolean;
}

/** As long as nobody has arranged anything. */
export const STANDARD_STATE: ShellState = { open: ["notebooks", "runs"], width: 240, hidden: false };

/** Name of the cookie. */
export const STATE_COOKIE = "shell";

/** Pixels that the tree may be wide. */
export const [NARROWEST, WIDEST] = [180, 480];
/** Characters of all open folders together as they are in a cookie, which holds 4 kB. */
const ROOM = 3500;

/** What the cookie's text says; what it does not say, or wrongly, is as usual. */
export function stateOf(text: string | null): ShellState {
  const said = objectIn(text);
  const { open, width, hidden } = said;
  return {
    open: Array.isArray(open) ? open.filter((key) => typeof key === "string") : STANDARD_STATE.open,
    width: typeof width === "number" && Number.isFinite(width) ? within(width) : STANDARD_STATE.width,
    hidden: hidden === true,
  };
}

/** The cookie's text. */
export function stateText({ open, width, hidden }: ShellState): string {
  const kept: string[] = [];
  let room = ROOM;
  // Those that were opened last count most.
  for (const key of open.toReversed()) {
    room -= encodeURIComponent(JSON.stringify(key)).length + 3;
    if (room < 0) break;
    kept.unshift(key);
  }
  return JSON.stringify({ open: kept, width: within(width), hidden });
}

/** A width that the tree may have. */
export function within(width: number): number {
  return Math.round(Math.min(WIDEST, Math.max(NARROWEST, width)));
}

function objectIn(text: string | null): { readonly [key: string]: unknown } {
  try {
    const value: unknown = JSON.parse(text ?? "{}");
    return typeof value === "object" && value !== null ? { ...value } : {};
  } catch {
    // Not written by a page of ours.
    return {};
  }
}
