/** Exchange of money between random pairs (Drăgulescu & Yakovenko 2000). */

/** The rules of one exchange. */
export interface Exchange {
  /** Money that changes hands. */
  readonly amount: number;
  /** How far below zero a member may go. */
  readonly debt_limit: number;
}

/**
 * One exchange after the other: the k-th of `givers`, if it can pay by then, gives to its partner. What a member was
 * given, it can give on.
 *
 * @param givers who gives: members, in any order, the same one more than once or not
 * @param partners for each exchange a draw from 0 to size − 2 (see {@linkcode partnerOf})
 */
export function exchangeInTurn(
  wealth: Float64Array,
  givers: Int32Array,
  partners: Int32Array,
  { amount, debt_limit }: Exchange,
): void {
  const least = amount - debt_limit;
  for (let k = 0; k < givers.length; k++) {
    const i = givers[k]!;
    if (wealth[i]! < least) continue;
    wealth[i]! -= amount;
    wealth[partnerOf(i, partners[k]!)]! += amount;
  }
}

/**
 * All `givers` that can pay give to their partners at once: nobody gives on what it was given in the same turn.
 *
 * @param givers 1 for each member that wants to give
 * @param partners for each member a draw from 0 to size − 2 (see {@linkcode partnerOf})
 */
export function exchangeAtOnce(
  wealth: Float64Array,
  givers: Uint8Array,
  partners: Int32Array,
  exchange: Exchange,
): void {
  const paid = payers(wealth, exchange);
  for (let i = 0; i < paid.length; i++) paid[i]! &= givers[i]!;
  for (let i = 0; i < paid.length; i++) {
    if (paid[i] === 0) continue;
    wealth[i]! -= exchange.amount;
    wealth[partnerOf(i, partners[i]!)]! += exchange.amount;
  }
}

/** 1 for each member that can pay, 0 for the others. */
export function payers(wealth: ArrayLike<number>, { amount, debt_limit }: Exchange): Uint8Array {
  const can = new Uint8Array(wealth.length);
  for (let i = 0; i < can.length; i++) can[i] = wealth[i]! >= amount - debt_limit ? 1 : 0;
  return can;
}

/** The partner that a draw from 0 to size − 2 means for member `i`: any other member, each equally likely. */
export function partnerOf(i: number, draw: number): number {
  return draw < i ? draw : draw + 1;
}
