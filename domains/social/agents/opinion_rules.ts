/** How opinions follow from others' opinions; the README names the sources. */

/** An opinion, and how much it counts. */
export interface Weighted {
  readonly opinion: number;
  readonly weight: number;
}

/**
 * The mean of one's own opinion and others' (DeGroot 1974). One's own counts for the share `selfWeight`, and without
 * one as much as a single other of weight 1.
 */
export function degroot(own: number, others: readonly Weighted[], selfWeight?: number): number {
  const weight = others.reduce((sum, other) => sum + other.weight, 0);
  if (weight === 0) return own;
  const share = selfWeight ?? 1 / (1 + weight);
  return share * own + (1 - share) * others.reduce((sum, { opinion, weight: w }) => sum + opinion * (w / weight), 0);
}

/** What is left of influence on somebody who is drawn back to the first opinion (Friedkin & Johnsen 1990). */
export function drawnBack(influenced: number, first: number, susceptibility: number): number {
  return susceptibility * influenced + (1 - susceptibility) * first;
}

/** The weighted mean of one's own opinion and those no further than `confidence` from it (Hegselmann & Krause 2002). */
export function hegselmannKrause(own: number, others: readonly Weighted[], confidence: number): number {
  let [sum, weight] = [own, 1];
  for (const other of others) {
    if (Math.abs(other.opinion - own) > confidence) continue;
    sum += other.weight * other.opinion;
    weight += other.weight;
  }
  return sum / weight;
}

/** Whether two people who meet take each other seriously (Deffuant et al. 2000). */
export function isClose(a: number, b: number, confidence: number): boolean {
  return Math.abs(a - b) < confidence;
}

/** The first of two opinions after a meeting in which it moves the share `rate` of the way (Deffuant et al. 2000). */
export function afterMeeting(own: number, other: number, rate: number): number {
  return own + rate * (other - own);
}
