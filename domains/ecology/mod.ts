/**
 * The ecology domain: sheep and wolves as named agents on a map, which are born and die. The README has the rules, the
 * energy account and the scenarios.
 *
 * @module
 */

import { defineDomain } from "llm-sim";
import { SheepAgent } from "./agents/sheep.ts";
import { WolfAgent } from "./agents/wolf.ts";
import { MeadowEngine } from "./engines/meadow.ts";
import meadow from "./templates/meadow.yaml" with { type: "text" };
import { AlwaysValidValidator } from "./validators/always_valid.ts";
import { NatureValidator } from "./validators/nature.ts";

export default defineDomain({
  name: "ecology",
  description: "Sheep that graze and flee, wolves that hunt them, grass that grows back: named agents on a map.",
  agents: [SheepAgent, WolfAgent],
  engines: [MeadowEngine],
  validators: [AlwaysValidValidator, NatureValidator],
  templates: { meadow },
});
