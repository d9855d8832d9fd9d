/** How well a few typed letters fit a text. */

/** A fit. */
export interface Fit {
  /** The more the better. */
  readonly score: number;
  /** Positions of the letters in the text, ascending. */
  readonly at: readonly number[];
}

/** Beginnings of words, and letters side by side, are what people type. */
const [BEGINNING, BESIDE, LETTER] = [8, 9, 1];

/** The best fit of all words of `query`, each by its letters in their order; null: one does not fit. */
export function fuzzyFit(query: string, text: string): Fit | null {
  const words = query.toLowerCase().split(/\s+/).filter((word) => word !== "");
  let score = 0;
  const at = new Set<number>();
  for (const word of words) {
    const fit = wordFit(word, text);
    if (fit === null) return null;
    score += fit.score;
    for (const position of fit.at) at.add(position);
  }
  // Of two that fit alike the shorter one was meant.
  return { score: score - text.length / 100, at: [...at].sort((a, b) => a - b) };
}

/** `best[j]`: of all ways to end at letter j the best, with where its letters stand. */
function wordFit(word: string, text: string): Fit | null {
  const lower = text.toLowerCase();
  let best: (Fit | null)[] = [];
  for (const [i, letter] of [...word].entries()) {
    const next: (Fit | null)[] = new Array(lower.length).fill(null);
    let before: Fit | null = i === 0 ? { score: 0, at: [] } : null;
    for (let j = 0; j < lower.length; j++) {
      // The best that ended before this letter, not beside it.
      if (i > 0 && j > 1) before = better(before, best[j - 2] ?? null);
      if (lower[j] !== letter) continue;
      const own = LETTER + (isBeginning(text, j) ? BEGINNING : 0);
      const beside = i > 0 && j > 0 ? best[j - 1] ?? null : null;
      next[j] = better(added(before, own, j), added(beside, own + BESIDE, j));
    }
    best = next;
  }
  return best.reduce(better, null);
}

function added(fit: Fit | null, score: number, position: number): Fit | null {
  return fit === null ? null : { score: fit.score + score, at: [...fit.at, position] };
}

function better(a: Fit | null, b: Fit | null): Fit | null {
  if (a === null || b === null) return a ?? b;
  return b.score > a.score ? b : a;
}

function isBeginning(text: string, i: number): boolean {
  if (i === 0) return true;
  const [before, here] = [text[i - 1]!, text[i]!];
  return /[^\p{L}\p{N}]/u.test(before) || (/\p{Ll}/u.test(before) && /\p{Lu}/u.test(here));
}
