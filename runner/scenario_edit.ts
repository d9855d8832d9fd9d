/** Setting one value in a scenario's text, or taking it out, as forms do: the rest of it stays as it is written. */

import { SimError } from "../framework/mod.ts";
import type { YamlValue } from "./notebook/page/mod.ts";

/**
 * The text with the value at `path`; the value that stands there is overwritten in its quotes, a key that is not there is added
 * after the others of its mapping. Without a value: the text without what stands at `path`.
 * @throws {SimError} `yaml_syntax` The text cannot be read. `cannot_set` There is something at the path that has no keys.
 */
export async function editedScenario(
  text: string,
  path: readonly (string | number)[],
  value?: YamlValue,
): Promise<string> {
  // Loaded when it is needed: it reads pages too.
  const { withoutValue, withValue } = await import("./notebook/page/mod.ts");
  try {
    return value === undefined ? withoutValue(text, path) : withValue(text, path, value);
  } catch (error) {
    if (!(error instanceof SimError)) throw error;
    // It is said of cells of notebooks.
    const hint = error.code === "yaml_syntax" ? "mend the YAML first" : "set it in the text";
    throw new SimError(error.code, error.message, { hint, cause: error });
  }
}
