/** Order in a graph whose nodes are numbers, and the cycles that stand against it. */

/** What each node needs. */
export type Needs = ReadonlyMap<number, readonly number[]>;

/**
 * `nodes` with what each needs before it, else as they come; nodes on a cycle stand together as they come. Tarjan's components,
 * without calling itself: a chain of cells may be as long as a file.
 */
export function inOrder(nodes: readonly number[], needs: Needs): { order: number[]; cycles: number[][] } {
  const order: number[] = [];
  const cycles: number[][] = [];
  const number = new Map<number, number>();
  const low = new Map<number, number>();
  const pending: number[] = [];
  const isPending = new Set<number>();
  const enter = (node: number) => {
    number.set(node, number.size);
    low.set(node, number.get(node)!);
    pending.push(node);
    isPending.add(node);
    return { node, next: 0 };
  };
  const lower = (node: number, to: number) => low.set(node, Math.min(low.get(node)!, to));
  const leave = (node: number) => {
    if (low.get(node) !== number.get(node)) return;
    const group = pending.splice(pending.lastIndexOf(node)).sort((a, b) => a - b);
    for (const member of group) isPending.delete(member);
    // One by one: a group may have more members than a call has arguments.
    for (const member of group) order.push(member);
    if (group.length > 1 || needs.get(node)?.includes(node)) cycles.push(group);
  };
  for (const start of nodes) {
    if (number.has(start)) continue;
    const path = [enter(start)];
    while (path.length > 0) {
      const step = path.at(-1)!;
      const needed = needs.get(step.node)?.[step.next++];
      if (needed === undefined) {
        path.pop();
        leave(step.node);
        if (path.length > 0) lower(path.at(-1)!.node, low.get(step.node)!);
      } else if (!number.has(needed)) path.push(enter(needed));
      else if (isPending.has(needed)) lower(step.node, number.get(needed)!);
    }
  }
  return { order, cycles };
}

/** A shortest cycle through `start` in its group, from it to it. */
export function cycleThrough(start: number, group: readonly number[], needs: Needs): number[] {
  const members = new Set(group);
  const from = new Map<number, number>();
  const open = [start];
  for (let at = 0; at < open.length; at++) {
    for (const needed of needs.get(open[at]!) ?? []) {
      if (needed === start) return path(open[at]!);
      if (!members.has(needed) || from.has(needed)) continue;
      from.set(needed, open[at]!);
      open.push(needed);
    }
  }
  return [start];

  function path(last: number): number[] {
    const cycle = [start];
    for (let at = last; at !== start; at = from.get(at)!) cycle.push(at);
    return [...cycle, start].reverse();
  }
}
