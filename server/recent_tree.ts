/** The tree beside every page: made of many looks at the disk, so what was found a moment ago is shown again. */

import type { App } from "../runner/mod.ts";
import type { RequestContext } from "./context.ts";
import { type Tree, treeOf } from "./tree.ts";

/** Milliseconds for which what was found counts. */
const FRESH = 1000;

/** A tree, and a text that is the same for the same tree. */
export interface RecentTree {
  readonly tree: Tree;
  readonly text: string;
}

const known = new WeakMap<App, { readonly at: number; readonly found: Promise<RecentTree> }>();

/** What there is to open, as it was a second ago at most. @param has must hold of it: otherwise it is made anew */
export async function recentTree(
  context: Pick<RequestContext, "app">,
  has: (tree: Tree) => boolean = () => true,
): Promise<RecentTree> {
  const before = known.get(context.app);
  if (before !== undefined && performance.now() - before.at < FRESH) {
    const recent = await before.found;
    if (has(recent.tree)) return recent;
  }
  const found = treeOf(context, { wait: false }).then((tree) => ({ tree, text: JSON.stringify(tree) }));
  known.set(context.app, { at: performance.now(), found });
  found.catch(() => known.delete(context.app));
  return await found;
}
