/**
 * The social domain: opinions that spread among people who meet all others or their neighbours on a network (engine
 * `opinion`), by rules or, as agents `llm_speaker`, in debates. The README explains the models and the scenarios.
 *
 * @module
 */

import { defineDomain } from "llm-sim";
import { BoundedConfidenceAgent } from "./agents/bounded_confidence.ts";
import { DegrootAgent } from "./agents/degroot.ts";
import { LLMSpeakerAgent } from "./agents/llm_speaker.ts";
import { OpinionEngine } from "./engines/opinion.ts";
import { InRangeValidator } from "./validators/in_range.ts";
import debate from "./templates/debate.yaml" with { type: "text" };
import opinions from "./templates/opinions.yaml" with { type: "text" };

export default defineDomain({
  name: "social",
  description:
    "Opinion dynamics on networks: DeGroot, Friedkin–Johnsen, Hegselmann–Krause, Deffuant–Weisbuch; debates of language " +
    "models.",
  agents: [DegrootAgent, BoundedConfidenceAgent, LLMSpeakerAgent],
  engines: [OpinionEngine],
  validators: [InRangeValidator],
  templates: { opinions, debate },
});
