/** What an agent did held against what the user wanted, argument by argument. */

import { json } from "./number_format.tsx";

/** One action. */
export interface ShownAction {
  readonly kind: string;
  readonly name: string;
  readonly parameters: { readonly [name: string]: unknown };
}

/** One line of an action as JSON. */
export interface ActionLine {
  readonly text: string;
  /** Whether it is in the other one too. */
  readonly mark: "same" | "differs" | "only";
}

/** The lines of an action, each marked by whether `other` has the same. @param other null: there is nothing to hold it against */
export function actionLines(action: ShownAction, other: ShownAction | null): ActionLine[] {
  const mark = (mine: unknown, has: boolean, theirs: unknown): ActionLine["mark"] =>
    other === null ? "same" : !has ? "only" : json(mine) === json(theirs) ? "same" : "differs";
  const line = (name: string, value: unknown, of: ActionLine["mark"], indent: string): ActionLine => ({
    text: `${indent}${json(name)}: ${json(value)}`,
    mark: of,
  });
  const names = Object.keys(action.parameters);
  return [
    line("kind", action.kind, mark(action.kind, true, other?.kind), ""),
    line("name", action.name, mark(action.name, true, other?.name), ""),
    ...names.map((name) => {
      const has = other !== null && Object.hasOwn(other.parameters, name);
      return line(
        name,
        action.parameters[name],
        mark(action.parameters[name], has, has ? other.parameters[name] : undefined),
        "  ",
      );
    }),
  ];
}

/** Which of the actions is the wanted one, or nearest to it: of the same name, with most arguments in common; null: none. */
export function nearestAction<T extends ShownAction>(wanted: ShownAction, done: readonly T[]): T | null {
  const likeness = (action: T) =>
    Object.keys(wanted.parameters).filter((name) => json(wanted.parameters[name]) === json(action.parameters[name]))
      .length;
  return done.filter(({ name }) => name === wanted.name)
    .reduce<T | null>((best, action) => best === null || likeness(action) > likeness(best) ? action : best, null);
}
