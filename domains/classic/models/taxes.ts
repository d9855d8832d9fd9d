/** Taxes on a population's wealth. What is taken and paid out is exact to the rounding of floating-point sums. */

/** Takes `rate` of what each member owns above `exempt`. Returns the revenue. */
export function levy(wealth: Float64Array, rate: number, exempt: number): number {
  let revenue = 0;
  for (let i = 0; i < wealth.length; i++) {
    const due = rate * Math.max(0, wealth[i]! - exempt);
    wealth[i]! -= due;
    revenue += due;
  }
  return revenue;
}

/** Gives every member the same share of `amount`. Returns what was paid: nothing where there is nobody. */
export function payOut(wealth: Float64Array, amount: number): number {
  if (wealth.length === 0) return 0;
  const share = amount / wealth.length;
  for (let i = 0; i < wealth.length; i++) wealth[i]! += share;
  return amount;
}

/** Gini coefficient; 0 where nobody owns anything. */
export function giniOf(wealth: ArrayLike<number>): number {
  const sorted = Float64Array.from(wealth).sort();
  let weighted = 0;
  let total = 0;
  for (let i = 0; i < sorted.length; i++) {
    weighted += (2 * i + 1 - sorted.length) * sorted[i]!;
    total += sorted[i]!;
  }
  return total > 0 ? weighted / (sorted.length * total) : 0;
}
