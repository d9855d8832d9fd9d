/** What may be spent on models: money and tokens, reserved before a call and settled after it. */

/** Money and tokens. */
export interface Spending {
  /** US dollars. */
  readonly usd: number;
  /** Tokens, of prompts and of answers. */
  readonly tokens: number;
}

/** What an envelope starts with. */
export interface EnvelopeOptions {
  /** Whose it is, as messages say it: `run 'x'`, `this server`. */
  readonly name: string;
  /** US dollars; null: no limit. */
  readonly max_cost_usd: number | null;
  /** Tokens; null: no limit. */
  readonly max_tokens: number | null;
  /** How people raise its limit. Default: `raise its limit`. */
  readonly remedy?: string;
  /** What had been spent before, as the tape of a resumed run tells it. Default: nothing. */
  readonly spent?: Spending;
}

/** Reservations that are not settled yet. */
export interface Outstanding extends Spending {
  /** How many there are. */
  readonly calls: number;
}

/** What a call that is on its way may spend at most. */
export interface Reservation {
  /** What was reserved. */
  readonly amount: Spending;
  /**
   * Gives back what was not spent. `unknown`: nobody told what was, and since it may be billed all that was reserved
   * stays taken.
   *
   * @throws {RangeError} when it has been settled before
   */
  settle(actual: Spending | "unknown"): void;
}

/**
 * A limit on spending.
 *
 * Law: spent + taken + outstanding ≤ limit, in money and in tokens, as long as no call spends more than was reserved for
 * it and the envelope did not start above its limit. A call that spends more is counted in full all the same; then
 * nothing is granted until the limit is raised.
 *
 * Money is counted in billionths of a dollar, rounded up, so that no rounding lets a sum slip over the limit.
 */
export class Envelope {
  /** Whose it is, as messages say it. */
  readonly name: string;
  /** US dollars; null: no limit. */
  readonly max_cost_usd: number | null;
  /** Tokens; null: no limit. */
  readonly max_tokens: number | null;
  /** How people raise its limit. */
  readonly remedy: string;
  readonly #spent: Purse;
  readonly #unconfirmed: Purse = { nano: 0, tokens: 0 };
  readonly #outstanding: Purse = { nano: 0, tokens: 0 };
  readonly #limit: Purse;
  #calls = 0;
  #waiting: (() => void)[] = [];

  /** @throws {RangeError} for limits and amounts that are negative or no numbers */
  constructor(options: EnvelopeOptions) {
    const { name, max_cost_usd, max_tokens, remedy = "raise its limit", spent = { usd: 0, tokens: 0 } } = options;
    this.name = name;
    this.remedy = remedy;
    this.max_cost_usd = max_cost_usd;
    this.max_tokens = max_tokens;
    this.#limit = {
      nano: max_cost_usd === null ? Infinity : Math.floor(checked(max_cost_usd) * NANO + SLACK),
      tokens: max_tokens === null ? Infinity : checked(max_tokens),
    };
    this.#spent = purse(spent);
  }

  /** Whether it limits anything at all. */
  get limited(): boolean {
    return this.max_cost_usd !== null || this.max_tokens !== null;
  }

  /** What calls have cost by their providers' own account. */
  get spent(): Spending {
    return spending(this.#spent);
  }

  /** What was reserved for calls that ended without a word on what they took; it may be billed, so it stays taken. */
  get unconfirmed(): Spending {
    return spending(this.#unconfirmed);
  }

  /** What calls on their way may still spend. */
  get outstanding(): Outstanding {
    return { ...spending(this.#outstanding), calls: this.#calls };
  }

  /** Takes `amount` out of it, or returns null when there is not as much left. */
  tryReserve(amount: Spending): Reservation | null {
    const outcome = Envelope.reserve([this], amount);
    return "refused" in outcome ? null : outcome;
  }

  /** Takes `amount` out of all `envelopes`, or out of none: then the first that has not as much left is named. */
  static reserve(envelopes: readonly Envelope[], amount: Spending): Reservation | { readonly refused: Envelope } {
    for (const envelope of envelopes) if (!envelope.allows(amount)) return { refused: envelope };
    const reserved = purse(amount);
    for (const envelope of envelopes) envelope.#take(reserved);
    let settled = false;
    return {
      amount,
      settle: (actual) => {
        if (settled) throw new RangeError("a reservation is settled once");
        const spent = actual === "unknown" ? actual : purse(actual);
        settled = true;
        for (const envelope of envelopes) envelope.#settle(reserved, spent);
      },
    };
  }

  /** Calls `listener` once, when the next reservation has been settled. */
  nextSettlement(listener: () => void): void {
    this.#waiting.push(listener);
  }

  /** Why `amount` is refused, for people. */
  refusal(amount: Spending): string {
    const taken = this.#taken();
    const dollars = taken.nano + purse(amount).nano > this.#limit.nano;
    const show = dollars ? (each: Spending) => formatUsd(each.usd) : (each: Spending) => `${each.tokens} tokens`;
    const limit = dollars ? formatUsd(this.max_cost_usd!) : `${this.max_tokens} tokens`;
    const unconfirmed = (dollars ? this.#unconfirmed.nano : this.#unconfirmed.tokens) === 0
      ? ""
      : ` (besides ${show(this.unconfirmed)} for calls that ended without an answer and may be billed)`;
    return `the budget of ${this.name} is spent: ${
      show(this.spent)
    } of ${limit}${unconfirmed}, and the next call may ` +
      `take up to ${show(amount)}`;
  }

  /** Whether `amount` is left. */
  allows(amount: Spending): boolean {
    const taken = this.#taken();
    const { nano, tokens } = purse(amount);
    return taken.nano + nano <= this.#limit.nano && taken.tokens + tokens <= this.#limit.tokens;
  }

  #take(amount: Purse): void {
    add(this.#outstanding, amount, 1);
    this.#calls++;
  }

  #settle(amount: Purse, actual: Purse | "unknown"): void {
    add(this.#outstanding, amount, -1);
    this.#calls--;
    if (actual === "unknown") add(this.#unconfirmed, amount, 1);
    else add(this.#spent, actual, 1);
    if (this.#waiting.length === 0) return;
    const listeners = this.#waiting;
    this.#waiting = [];
    for (const listener of listeners) listener();
  }

  #taken(): Purse {
    return {
      nano: this.#spent.nano + this.#unconfirmed.nano + this.#outstanding.nano,
      tokens: this.#spent.tokens + this.#unconfirmed.tokens + this.#outstanding.tokens,
    };
  }
}

/** `$0.0123`: as many decimals as the amount needs to be told from nothing. */
export function formatUsd(usd: number): string {
  if (usd === 0) return "$0";
  const decimals = Math.min(9, Math.max(2, 1 - Math.floor(Math.log10(usd))));
  return `$${usd.toFixed(decimals).replace(/(\.\d\d\d*?)0+$/, "$1")}`;
}

/** Whole billionths of a dollar, and tokens. */
interface Purse {
  nano: number;
  tokens: number;
}

const NANO = 1e9;

/** Billionths of a dollar that floating point may be off by. */
const SLACK = 1e-3;

function purse({ usd, tokens }: Spending): Purse {
  return { nano: Math.max(0, Math.ceil(checked(usd) * NANO - SLACK)), tokens: checked(tokens) };
}

function spending({ nano, tokens }: Purse): Spending {
  return { usd: nano / NANO, tokens };
}

function add(to: Purse, amount: Purse, sign: 1 | -1): void {
  to.nano += sign * amount.nano;
  to.tokens += sign * amount.tokens;
}

function checked(amount: number): number {
  if (!(amount >= 0 && amount < Infinity)) throw new RangeError(`${amount} is no amount that could be spent`);
  return amount;
}
