/** A cell's place in addresses: `base`, `chart-2`. */
export function anchorOf(name: string): string;
/** Null: it has none yet. */
export function anchorOf(name: string | null): string | null;
export function anchorOf(name: string | null): string | null {
  return name?.replaceAll(/\W+/g, "-") ?? null;
}
