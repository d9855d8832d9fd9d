/** Validator `always_valid`: every action may happen. */

import { BaseValidator, type Verdict } from "llm-sim";

/** Accepts every action. */
export class AlwaysValidValidator extends BaseValidator {
  static override readonly description = "Accepts every action.";

  override validateAction(): Verdict {
    return true;
  }
}
