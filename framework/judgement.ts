/** Has a validator judge actions, and checks what it says. */

import type { Action, Verdict } from "./action.ts";
import type { EngineContext } from "./context.ts";
import type { SimulationState } from "./state.ts";
import type { Steps } from "./steps.ts";
import type { BaseValidator } from "./validator.ts";

/** Whether a verdict lets its action pass. */
export function isAccepted(verdict: Verdict): boolean {
  return verdict === true || (verdict !== false && verdict.accepted);
}

/**
 * The verdicts on `actions`, in their order; asynchronous ones are waited for together. Of several errors the first in
 * this order counts, whichever came first in time.
 *
 * @param contextOf the context of the action at a position
 */
export function* judgeAll(
  validator: BaseValidator,
  actions: readonly Action[],
  state: SimulationState,
  contextOf: (i: number) => EngineContext,
): Steps<readonly Verdict[]> {
  const verdicts = new Array<Verdict>(actions.length);
  const pending = judgeEach(validator, actions, state, contextOf, verdicts);
  if (!pending) return verdicts;
  const settled = (yield Promise.allSettled(pending)) as PromiseSettledResult<void>[];
  for (const each of settled) if (each.status === "rejected") throw each.reason;
  return verdicts;
}

// Not in the generator: V8 runs loops over all agents faster outside of one.
function judgeEach(
  validator: BaseValidator,
  actions: readonly Action[],
  state: SimulationState,
  contextOf: (i: number) => EngineContext,
  verdicts: Verdict[],
): Promise<void>[] | undefined {
  let pending: Promise<void>[] | undefined;
  for (let i = 0; i < actions.length; i++) {
    try {
      const verdict = validator.validateAction(actions[i]!, state, contextOf(i));
      if (verdict instanceof Promise) {
        (pending ??= []).push(verdict.then((late) => {
          verdicts[i] = checkedVerdict(late);
        }));
      } else verdicts[i] = checkedVerdict(verdict);
    } catch (error) {
      // Those already asked are waited for, so that none of them fails behind everybody's back.
      if (!pending) throw error;
      pending.push(Promise.reject(error));
      return pending;
    }
  }
  return pending;
}

function checkedVerdict(verdict: Verdict): Verdict {
  if (typeof verdict === "boolean") return verdict;
  const { accepted, reason } = verdict ?? {};
  if (typeof accepted === "boolean" && (reason === undefined || typeof reason === "string")) return verdict;
  throw new TypeError(
    `validateAction() returned ${Deno.inspect(verdict, { depth: 1 })}, not true, false or { accepted, reason }`,
  );
}
