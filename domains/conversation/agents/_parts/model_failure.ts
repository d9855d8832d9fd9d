/** That a model failed where the scenario wants the run to fail with it. */

import { type ModelError, SimError } from "llm-sim";

/** The error to throw under `on_failure: fail`: what follows a ModelError is for the role `agent` to say, not for others. */
export function runFailure(error: ModelError): SimError {
  const { code, message } = error;
  return new SimError(code, message, { cause: error, hint: "on_failure: fallback records it and goes on" });
}
