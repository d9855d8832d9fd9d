/** What the form that starts a conversation holds, and the request that it is. The same on the server and in the browser. */

/** The form's fields; empty: as in the scenario. */
export interface ConversationForm {
  /** `conversation/plan_refine_offline.yaml`: domain and path. */
  readonly scenario: string;
  readonly case: string;
  /** Name of a plan. */
  readonly plan: string;
  /** `llm`, `human`. */
  readonly user: string;
  readonly persona: string;
  readonly goal: string;
  /** `builtin`, `openai`, `http`, `rule:perfect` … */
  readonly agent: string;
  /** Of the service, where the agent is one. */
  readonly url: string;
  /** `rules`, `llm`. */
  readonly judge: string;
  readonly turns: string;
  readonly seed: string;
  /** `on`: it waits to be advanced, turn by turn. */
  readonly step: string;
  /** `on`: rules answer in place of every model. */
  readonly offline: string;
  /** Names the request, so that pressing twice starts one. */
  readonly key: string;
}

/** A form that nobody has filled in. */
export const EMPTY_FORM: ConversationForm = {
  scenario: "",
  case: "",
  plan: "",
  user: "",
  persona: "",
  goal: "",
  agent: "",
  url: "",
  judge: "",
  turns: "",
  seed: "",
  step: "on",
  offline: "",
  key: "",
};

/** Who may speak for the user. */
export const USERS: readonly (readonly [value: string, words: string])[] = [
  ["llm", "a model that plays a person"],
  ["human", "a person: you"],
];

/** Who may be under test. */
export const AGENTS: readonly (readonly [value: string, words: string])[] = [
  ["builtin", "built-in assistant, a model"],
  ["openai", "a model with tools"],
  ["http", "a service of yours (HTTP)"],
  ["rule:perfect", "control: does what it is asked for"],
  ["rule:forgetful", "control: says so, and does not"],
  ["rule:wrong_argument", "control: gets arguments wrong"],
  ["rule:do_nothing", "control: does nothing"],
];

/** Who may judge. */
export const JUDGES: readonly (readonly [value: string, words: string])[] = [
  ["rules", "rules alone"],
  ["llm", "rules, and a model where they cannot tell"],
];

/** The form as it was sent. */
export function formOf(fields: ReadonlyMap<string, string>): ConversationForm {
  const read = Object.keys(EMPTY_FORM).map((name) => [name, (fields.get(name) ?? "").trim()]);
  return Object.fromEntries(read) as never;
}

/** A request body of `POST /simulation/run`, as far as forms make them. */
export interface ConversationRequest {
  readonly repo: string;
  readonly config: string;
  readonly case?: string;
  readonly goal?: string;
  readonly max_turns?: number;
  readonly seed?: number;
  readonly auto_advance: boolean;
  readonly llm_mode?: "offline";
  readonly set?: { readonly [path: string]: Setting };
}

/** What a path of the scenario is set to. */
type Setting = string | { readonly [key: string]: string };

/** The request that a form is. */
export function requestOf(form: ConversationForm): ConversationRequest {
  const [, repo = "", config = ""] = /^([^/]+)\/(.+)$/.exec(form.scenario) ?? [];
  const set = settingsOf(form);
  return {
    repo,
    config,
    ...(form.case !== "" && { case: form.case }),
    ...(form.goal !== "" && { goal: form.goal }),
    ...(form.turns !== "" && { max_turns: Number(form.turns) }),
    ...(form.seed !== "" && { seed: Number(form.seed) }),
    auto_advance: form.step === "",
    ...(form.offline !== "" && { llm_mode: "offline" as const }),
    ...(Object.keys(set).length > 0 && { set }),
  };
}

function settingsOf({ plan, user, persona, agent, url, judge }: ConversationForm): { [path: string]: Setting } {
  return {
    ...(plan !== "" && { "conversation.plan": `plans/${plan}.yaml` }),
    ...(user !== "" && { "conversation.user": { kind: user, ...(user === "llm" && persona !== "" && { persona }) } }),
    ...(user === "" && persona !== "" && { "conversation.user.persona": persona }),
    ...(agent !== "" && { "conversation.agent": agentOf(agent, url) }),
    ...(judge !== "" && { "conversation.judge": { kind: judge } }),
  };
}

/** The section `agent` that a choice is. */
export function agentOf(choice: string, url: string): { readonly [key: string]: string } {
  const [adapter, behaviour] = choice.split(":");
  if (adapter === "http") return { adapter, url };
  return { adapter: adapter!, ...(behaviour !== undefined && { behaviour }) };
}
