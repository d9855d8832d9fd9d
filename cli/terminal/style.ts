/** Colours on a terminal. */

/** What text can look like; `bold` and `dim` besides the colours. */
export type TextStyle = "bold" | "dim" | "red" | "green" | "yellow" | "blue" | "magenta" | "cyan";

const CODES: { readonly [style in TextStyle]: readonly [on: number, off: number] } = {
  bold: [1, 22],
  dim: [2, 22],
  red: [31, 39],
  green: [32, 39],
  yellow: [33, 39],
  blue: [34, 39],
  magenta: [35, 39],
  cyan: [36, 39],
};

/** `text` in `style`, or as it is without `color` (the caller knows NO_COLOR and whether there is a terminal). */
export function styled(text: string, style: TextStyle | undefined, color: boolean): string {
  if (!color || style === undefined || text === "") return text;
  const [on, off] = CODES[style];
  return `\x1b[${on}m${text}\x1b[${off}m`;
}

/** The style in which a run's status is shown everywhere. */
export function statusStyle(status: string): TextStyle | undefined {
  switch (status) {
    case "completed":
      return "green";
    case "running":
      return "cyan";
    case "failed":
      return "red";
    case "queued":
      return "dim";
    case "paused":
    case "interrupted":
    case "cancelled":
      return "yellow";
    default:
      return undefined;
  }
}
