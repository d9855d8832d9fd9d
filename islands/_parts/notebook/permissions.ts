/**
 * Which `auto` cells may start by themselves: those on which a person has pressed Run, in this browser, with the source that
 * they have now.
 */

/** Where it is kept: the browser's `localStorage`, or a stand-in. */
export type Kept = Pick<Storage, "getItem" | "setItem" | "removeItem">;

/** Notes that a person has run the cell as it is. */
export function permit(kept: Kept, path: string, id: string, source: string): void {
  kept.setItem(name(path, id), fingerprint(source));
}

/** Whether the cell may run by itself. */
export function isPermitted(kept: Kept, path: string, id: string, source: string): boolean {
  return kept.getItem(name(path, id)) === fingerprint(source);
}

function name(path: string, id: string): string {
  return `llm-sim:auto:${path}#${id.toLowerCase()}`;
}

/** 53 bits of the text and its length (cyrb53): it need withstand no attack, only edits. */
function fingerprint(text: string): string {
  let [a, b] = [0xdeadbeef, 0x41c6ce57];
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    a = Math.imul(a ^ unit, 2654435761);
    b = Math.imul(b ^ unit, 1597334677);
  }
  a = Math.imul(a ^ (a >>> 16), 2246822507) ^ Math.imul(b ^ (b >>> 13), 3266489909);
  b = Math.imul(b ^ (b >>> 16), 2246822507) ^ Math.imul(a ^ (a >>> 13), 3266489909);
  return `${text.length}-${(4294967296 * (2097151 & b) + (a >>> 0)).toString(36)}`;
}
