/** The section `llm`, and what agents say of their own models: which model answers in which role, and how it is asked. */

import { formatPath, type IssuePath, nearest } from "../issue.ts";
import { DEFAULT_LLM, DEFAULT_MODEL } from "../llm/settings.ts";
import type { ReadAgent } from "./agents.ts";
import type { ReferencedFiles } from "./files.ts";
import { SCENARIO_LIMITS } from "./limits.ts";
import { readReferenced } from "./listing.ts";
import type { Reading } from "./reading.ts";
import type { ModelSettings, PromptFile, ResolvedLLM } from "./resolved.ts";
import { scenarioShape, type WrittenModel } from "./schema.ts";
import { keyPlaceOf } from "./source.ts";

const LLM: IssuePath = ["llm"];
const ROLE_NAME = /^[a-z][a-z0-9_]{0,99}$/;
/** Roles that the framework itself asks in. */
const ROLES = ["agent", "engine", "validator"];

/** What a scenario says of models. */
export interface ReadModels {
  /** Null: nothing, neither for all nor for an agent. */
  readonly llm: ResolvedLLM | null;
  /** Of every agent that was read, in their order; null: as all agents. */
  readonly agents: readonly (ModelSettings | null)[];
}

/** What the readers of the parts work with. */
interface Source {
  readonly reading: Reading;
  /** The scenario, as the user named it. */
  readonly file: string;
  readonly files: ReferencedFiles;
}

/**
 * What is said of models, each completed by what it does not say itself: an agent's by the role `agent`, a role's by the
 * section, the section's by the defaults. Every finding is reported.
 * @param file the scenario's
 */
export async function readModels(
  reading: Reading,
  file: string,
  files: ReferencedFiles,
  agents: readonly ReadAgent[],
): Promise<ReadModels> {
  const source = { reading, file, files };
  const llm = await readSection(source);
  const ofAgents = llm?.roles.agent ?? llm ?? DEFAULT_MODEL;
  const own: (ModelSettings | null)[] = [];
  for (const { index, model } of agents) {
    own.push(model && await completed(source, ofAgents, model, ["agents", index, "llm"]));
  }
  // Where only agents say something, what they do not say has its defaults.
  return { llm: llm ?? (own.some((model) => model !== null) ? DEFAULT_LLM : null), agents: own };
}

async function readSection(source: Source): Promise<ResolvedLLM | null> {
  const { reading } = source;
  if ((reading.valueAt(LLM) ?? null) === null) return null;
  const { roles: written = {}, tape, host, ...model } = reading.read(scenarioShape.llm, LLM) ?? {};
  const base = await completed(source, { ...DEFAULT_MODEL, ...legacyProvider(reading, host, model) }, model, LLM);
  const roles: [string, ModelSettings][] = [];
  for (const [role, settings] of Object.entries(written ?? {})) {
    const path = [...LLM, "roles", role];
    checkRole(reading, role, path);
    if (settings) roles.push([role, await completed(source, base, settings, path)]);
  }
  return { ...base, roles: Object.fromEntries(roles), tape: tape ?? DEFAULT_LLM.tape };
}

/** `base` with what is written at `path` in place. */
async function completed(
  source: Source,
  base: ModelSettings,
  written: WrittenModel,
  path: IssuePath,
): Promise<ModelSettings> {
  checkNames(source.reading, written, path);
  const provider = written.provider ?? base.provider;
  return {
    provider,
    // Another provider does not know the model of the first.
    model: written.model ?? (provider === base.provider ? base.model : null),
    temperature: written.temperature ?? base.temperature,
    max_tokens: written.max_tokens ?? base.max_tokens,
    timeout: written.timeout ?? base.timeout,
    max_retries: written.max_retries ?? base.max_retries,
    on_failure: written.on_failure ?? base.on_failure,
    prompt: written.prompt ? await readPrompt(source, [...path, "prompt"]) : base.prompt,
  };
}

/** Where models are says the host's configuration: a scenario from elsewhere must not choose whom a key is sent to. */
function checkNames(reading: Reading, written: WrittenModel, path: IssuePath): void {
  for (const key of ["provider", "model"] as const) {
    if (!written[key]?.includes("://")) continue;
    const at = [...path, key];
    const message = `${formatPath(at)} is the address of a server; scenarios name providers`;
    reading.error("url_in_scenario", message, at, "name a provider of llm-sim.yaml, which says where it is");
  }
}

async function readPrompt({ reading, file, files }: Source, path: IssuePath): Promise<PromptFile | null> {
  const read = await readReferenced(reading, path, file, files);
  if (read === undefined) return null;
  // The same template on every machine, whatever its editors put at the start and at the ends of lines.
  const text = read.text.replace(/^\uFEFF/, "").replaceAll("\r\n", "\n");
  if (text.length > SCENARIO_LIMITS.prompt) {
    const message = `'${read.file}' has ${text.length} characters; a prompt has at most ${SCENARIO_LIMITS.prompt}`;
    reading.error("prompt_too_large", message, path, "shorten it");
  } else if (text.trim() === "") {
    reading.error(
      "bad_prompt",
      `'${read.file}' is empty`,
      path,
      "write what the model is asked, or leave 'prompt' out",
    );
  }
  return { file: reading.valueAt(path) as string, text };
}

function checkRole(reading: Reading, role: string, path: IssuePath): void {
  if (!ROLE_NAME.test(role)) {
    const rule = "a role is lower case letters, digits and '_', starting with a letter";
    reading.keyError("bad_name", `${formatPath(path)}: that cannot be the name of a role`, path, rule);
    return;
  }
  const near = ROLES.includes(role) ? undefined : nearest(role, ROLES);
  if (near === undefined) return;
  const message = `llm.roles has '${role}', which only a domain with a role of that name asks for`;
  const hint = `is '${near}' meant? roles of every domain: ${ROLES.join(", ")}`;
  reading.issues.add("warning", "unknown_role", message, keyPlaceOf(reading.root, path), { path, hint });
}

/** The provider that the legacy key `host` stands for: `host:<origin>`. Whether it may be asked, the host decides. */
function legacyProvider(
  reading: Reading,
  host: string | null | undefined,
  { provider }: WrittenModel,
): Pick<ModelSettings, "provider"> | null {
  if (host === undefined || host === null) return null;
  const path = [...LLM, "host"];
  if (provider !== undefined && provider !== null) {
    const hint = "keep 'provider'; llm-sim.yaml says where it is";
    reading.keyError("duplicate_setting", "llm.host and llm.provider both say whom to ask", path, hint);
    return null;
  }
  const url = URL.parse(host.includes("://") ? host : `http://${host}`);
  const isAddress = url !== null && /^https?:$/.test(url.protocol);
  if (!isAddress || url.username !== "" || url.password !== "") {
    const problem = isAddress ? "holds a user name or a password" : "is not the address of a server";
    reading.error("invalid_value", `llm.host ${problem}`, path, "write for example http://127.0.0.1:11434");
    return null;
  }
  return { provider: `host:${url.origin}` };
}
