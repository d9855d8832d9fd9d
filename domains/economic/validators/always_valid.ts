/** Validator `always_valid`: every action may happen. */

import { BaseValidator, type Verdict } from "llm-sim";
import { z } from "zod";

/** Config of validator `always_valid`: keys that older scenarios carry, without effect. */
export const alwaysValidConfig = z.strictObject({
  domain: z.string().nullable().default(null).describe("without effect; accepted because older scenarios carry it"),
  permissive: z.boolean().default(true).describe("without effect; accepted because older scenarios carry it"),
});

/** Accepts every action. */
export class AlwaysValidValidator extends BaseValidator<z.output<typeof alwaysValidConfig>> {
  static override readonly config = alwaysValidConfig;
  static override readonly description = "Accepts every action.";

  override validateAction(): Verdict {
    return true;
  }
}
