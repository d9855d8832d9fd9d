/** Times for people. */

/** How long ago something was. */
export interface Age {
  readonly text: string;
  /** When it will read otherwise, in milliseconds since 1970. */
  readonly until: number;
}

/** Up to how many seconds which unit is taken, and how many seconds it has. */
const UNITS = [[90, 1, "s"], [90 * 60, 60, "min"], [24 * 3600, 3600, "h"]] as const;

/** `3 min ago`; of what is older than a day the date. @param then and `now` in milliseconds since 1970 */
export function age(then: number, now: number): Age {
  const seconds = Math.max(0, (now - then) / 1000);
  for (const [below, unit, name] of UNITS) {
    if (seconds >= below) continue;
    const count = Math.round(seconds / unit);
    return { text: `${count} ${name} ago`, until: then + 1000 * Math.min(below, (count + 0.5) * unit) };
  }
  return { text: new Date(then).toISOString().slice(0, 10), until: Infinity };
}

/** `2026-11-26 14:03:44 UTC`. */
export function moment(iso: string): string {
  return `${iso.slice(0, 10)} ${iso.slice(11, 19)} UTC`;
}
