/** Which runs are chosen: some, or all that match but some. */

/** A choice. Law: `ids` are chosen where `all` is false, and left out where it is true. */
export interface Selection {
  readonly all: boolean;
  readonly ids: ReadonlySet<string>;
}

/** Nothing is chosen. */
export const NONE: Selection = { all: false, ids: new Set() };
/** All that match. */
export const ALL: Selection = { all: true, ids: new Set() };

/** Only these. */
export function only(ids: Iterable<string>): Selection {
  return { all: false, ids: new Set(ids) };
}

/** Whether a run is chosen. */
export function isChosen({ all, ids }: Selection, id: string): boolean {
  return ids.has(id) !== all;
}

/** The choice with a run chosen or not, the other way round than before. */
export function toggled(selection: Selection, id: string): Selection {
  const ids = new Set(selection.ids);
  if (!ids.delete(id)) ids.add(id);
  return { ...selection, ids };
}

/** The choice with these chosen as well. */
export function extended({ all, ids }: Selection, more: readonly string[]): Selection {
  return { all, ids: all ? ids.difference(new Set(more)) : ids.union(new Set(more)) };
}

/** The choice without runs that are gone. */
export function without(selection: Selection, gone: Iterable<string>): Selection {
  const those = new Set(gone);
  return selection.ids.isDisjointFrom(those) ? selection : { ...selection, ids: selection.ids.difference(those) };
}

/** How many are chosen. @param total of those that match */
export function chosenCount({ all, ids }: Selection, total: number): number {
  return all ? Math.max(0, total - ids.size) : ids.size;
}
