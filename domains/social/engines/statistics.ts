/** What opinions have in common. */

/** The numbers of a society that follow from its opinions. */
export interface OpinionStatistics {
  readonly mean_opinion: number;
  readonly opinion_sd: number;
  readonly spread: number;
  readonly clusters: number;
  readonly largest_cluster: number;
}

/** Statistics of `opinions`; opinions next to each other that are more than `gap` apart are in different clusters. */
export function statisticsOf(opinions: readonly number[], gap: number): OpinionStatistics {
  if (opinions.length === 0) return { mean_opinion: 0, opinion_sd: 0, spread: 0, clusters: 0, largest_cluster: 0 };
  const mean = opinions.reduce((sum, opinion) => sum + opinion, 0) / opinions.length;
  const variance = opinions.reduce((sum, opinion) => sum + (opinion - mean) ** 2, 0) / opinions.length;
  const sizes = clusterSizes(opinions, gap);
  const sorted = opinions.toSorted((a, b) => a - b);
  return {
    mean_opinion: mean,
    opinion_sd: Math.sqrt(variance),
    spread: sorted.at(-1)! - sorted[0]!,
    clusters: sizes.length,
    largest_cluster: Math.max(...sizes) / opinions.length,
  };
}

/** Sizes of the clusters, from the lowest opinion to the highest. */
export function clusterSizes(opinions: readonly number[], gap: number): number[] {
  const sizes: number[] = [];
  let before = -Infinity;
  for (const opinion of opinions.toSorted((a, b) => a - b)) {
    if (opinion - before > gap) sizes.push(1);
    else sizes[sizes.length - 1]!++;
    before = opinion;
  }
  return sizes;
}
