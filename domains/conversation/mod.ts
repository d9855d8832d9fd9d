/**
 * The conversation domain: a simulated user with a sealed wish, an agent under test, and a judge that compares what was
 * wanted with what was done. Scenarios say `conversation:`; the README explains it.
 *
 * @module
 */

import { defineDomain } from "llm-sim";
import { HttpAgent } from "./agents/http_agent.ts";
import { LLMJudgeAgent } from "./agents/llm_judge.ts";
import { LLMUserAgent } from "./agents/llm_user.ts";
import { OpenaiAgent } from "./agents/openai_agent.ts";
import { PlanAssistantAgent } from "./agents/plan_assistant.ts";
import { RecordedAgent } from "./agents/recorded_agent.ts";
import { RecordedUserAgent } from "./agents/recorded_user.ts";
import { RuleAssistantAgent } from "./agents/rule_assistant.ts";
import { RuleJudgeAgent } from "./agents/rule_judge.ts";
import { ScriptedUserAgent } from "./agents/scripted_user.ts";
import { ConversationEngine } from "./engines/conversation.ts";
import { ConversationFormValidator } from "./validators/conversation_form.ts";
import conversation from "./templates/conversation.yaml" with { type: "text" };

export default defineDomain({
  name: "conversation",
  description:
    "A simulated user with a sealed wish talks to a chat agent; a judge compares what was wanted with what " +
    "was done, turn by turn.",
  agents: [
    ScriptedUserAgent,
    LLMUserAgent,
    RecordedUserAgent,
    RuleAssistantAgent,
    PlanAssistantAgent,
    OpenaiAgent,
    HttpAgent,
    RecordedAgent,
    RuleJudgeAgent,
    LLMJudgeAgent,
  ],
  engines: [ConversationEngine],
  validators: [ConversationFormValidator],
  templates: { conversation },
});
