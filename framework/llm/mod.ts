/** Models: what components ask, how answers are read, and the agents, engines and validators that work by asking. */

export * from "./answer_schema.ts";
export * from "./call.ts";
export * from "./extract.ts";
export * from "./feedback.ts";
export * from "./llm.ts";
export * from "./observation_text.ts";
export * from "./settings.ts";
export * from "./template.ts";
export {
  type ActionCatalogue,
  type ActionDescription,
  type ModelDecision,
  type ObjectSchema,
} from "./action_catalogue.ts";
export type { Placeholders, PromptValues } from "./component_prompt.ts";
export { LLMAgent, type LLMAgentConfig, llmAgentConfig } from "./llm_agent.ts";
export type { LLMEngineConfig } from "./engine_config.ts";
export { LLMEngine, llmEngineConfig } from "./llm_engine.ts";
export { LLMValidator, type LLMValidatorConfig, llmValidatorConfig, type ModelJudgement } from "./llm_validator.ts";
export { RULE_MARK } from "./rule_mark.ts";
export type { RuleUpdate } from "./update_answers.ts";
export * from "./updates.ts";
