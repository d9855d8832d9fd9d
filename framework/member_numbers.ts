/** What the members of a population contribute to an aggregate over one variable. */

import type { Members, ReadonlyColumn } from "./members.ts";

/** A column's entries as numbers; null where they are none, or the population has no such column. */
export function memberNumbers(members: Members, variable: string): ReadonlyColumn | null {
  return members.has(variable) && typeOf(members, variable) !== "categorical" ? members.column(variable) : null;
}

/** The number of members for which the variable is true, a number other than 0, or a text that is not empty. */
export function countMembers(members: Members, variable: string): number {
  // Every member has a name of its own.
  if (variable === "name") return members.size;
  if (!members.has(variable)) return 0;
  const column = members.column(variable);
  if (typeOf(members, variable) === "categorical") {
    const empty = members.values(variable).indexOf("");
    return empty < 0 ? members.size : countOthers(column, empty);
  }
  return countOthers(column, 0);
}

function typeOf(members: Members, variable: string): string {
  return members.columns.find(({ name }) => name === variable)!.type;
}

function countOthers(column: ReadonlyColumn, entry: number): number {
  let count = 0;
  for (let i = 0; i < column.length; i++) {
    if (column[i] !== entry) count++;
  }
  return count;
}
