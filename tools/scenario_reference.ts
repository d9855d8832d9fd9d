/** `deno task reference`: writes docs/reference/scenario.md, the description of every key of a scenario. */

import { join } from "node:path";
import { ROOT } from "../runner/mod.ts";
import { scenarioReference } from "./reference/page.ts";

if (import.meta.main) {
  await Deno.mkdir(join(ROOT, "docs/reference"), { recursive: true });
  await Deno.writeTextFile(join(ROOT, "docs/reference/scenario.md"), await scenarioReference());
}
