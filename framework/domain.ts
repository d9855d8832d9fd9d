/**
 * Registration of a domain: what its `mod.ts` exports, and how a scenario's `type:` names find its classes.
 *
 * Nothing imports a domain; the sandbox loads it by URL and reads its default export.
 */

import { z } from "zod";
import type { AgentSpec, BaseAgent } from "./agent.ts";
import type { BaseEngine, EngineSpec } from "./engine.ts";
import { HumanAgent } from "./human.ts";
import { didYouMean, SimError } from "./issue.ts";
import type { JsonObject } from "./json.ts";
import { Population, type PopulationSpec } from "./population.ts";
import type { BaseValidator, ValidatorSpec } from "./validator.ts";

/** The three kinds of components a domain brings. */
export type ComponentKind = "agent" | "engine" | "validator";

/** State variables that a component cannot do without. */
export interface RequiredVariables {
  /** Names that every agent must have; of a population, its columns. */
  readonly agent_vars?: readonly string[];
  /** Names that the world must have. */
  readonly global_vars?: readonly string[];
}

/** A zod schema. */
export type Schema = NonNullable<(typeof BaseAgent)["config"]>;

/** What a component's class says about itself. */
export interface ComponentStatics {
  /** Name of the class. */
  readonly name: string;
  /** Schema of its config. */
  readonly config?: Schema | undefined;
  /** One or two sentences for users. */
  readonly description?: string;
  /** State variables that the scenario must declare. */
  readonly requires?: RequiredVariables;
  /** Whether it asks a model. */
  readonly llm?: boolean;
}

// A class is registered whatever its own type parameters are; `never` is what all constructors accept.
/** A class that extends {@linkcode BaseAgent}. */
export type AgentClass = ComponentStatics & (new (spec: AgentSpec<never>) => BaseAgent);
/** A class that extends {@linkcode Population}. */
export type PopulationClass = ComponentStatics & (new (spec: PopulationSpec<never>) => Population);
/** A class that extends {@linkcode BaseEngine}. */
export type EngineClass = ComponentStatics & (new (spec: EngineSpec<never>) => BaseEngine);
/** A class that extends {@linkcode BaseValidator}. */
export type ValidatorClass = ComponentStatics & (new (spec: ValidatorSpec<never>) => BaseValidator);

/** A domain: its components and the templates from which users start. */
export interface Domain {
  /** Name as scenarios write it under `domain:`: lower case, digits, `_`. */
  readonly name: string;
  /** One or two sentences for users. */
  readonly description: string;
  /** Agent and population classes; `type: nation` finds `NationAgent`, or `NationPopulation`. */
  readonly agents: readonly (AgentClass | PopulationClass)[];
  /** Engine classes; `type: economic` finds `EconomicEngine`. */
  readonly engines: readonly EngineClass[];
  /** Validator classes; `type: always_valid` finds `AlwaysValidValidator`. */
  readonly validators: readonly ValidatorClass[];
  /** Scenario texts (YAML) to start from, by name. */
  readonly templates?: { readonly [name: string]: string };
}

/** What `describe` tells about one component. */
export interface ComponentDescription {
  /** Name as scenarios write it under `type:`. */
  readonly type: string;
  /** Name of the class. */
  readonly class: string;
  /** One or two sentences for users. */
  readonly description: string;
  /** JSON Schema of its config. */
  readonly config: JsonObject;
  /** Whether it asks a model. */
  readonly llm: boolean;
}

/** What `describe` tells about one type of agent. */
export interface AgentDescription extends ComponentDescription {
  /** Whether `count` stands for named agents or for the members of a population. */
  readonly kind: "agent" | "population";
}

/** What `describe` tells about a domain. */
export interface DomainDescription {
  /** Name as scenarios write it under `domain:`. */
  readonly name: string;
  /** One or two sentences for users. */
  readonly description: string;
  /** What `agents[].type` may be. */
  readonly agents: readonly AgentDescription[];
  /** What `engine.type` may be. */
  readonly engines: readonly ComponentDescription[];
  /** What `validator.type` may be. */
  readonly validators: readonly ComponentDescription[];
  /** Scenario texts (YAML) to start from, by name. */
  readonly templates: { readonly [name: string]: string };
}

const SUFFIX = { agent: "Agent", engine: "Engine", validator: "Validator" } as const;
/** Suffix of a population's class, which scenarios name among the agents. */
const POPULATION = "Population";
const TYPE_NAME = /^[a-z][a-z0-9_]*$/;

/**
 * Declares a domain; a domain's `mod.ts` exports the result as default.
 *
 * @throws {SimError} `bad_domain` when a name is malformed, or two classes of a kind answer to the same `type:`
 *
 * @example
 * ```ts
 * import { type Action, BaseEngine, BaseValidator, defineDomain, type SimulationState } from "llm-sim";
 * class StillEngine extends BaseEngine {
 *   override applyActions(state: SimulationState, _actions: readonly Action[]) {
 *     return state;
 *   }
 * }
 * class AlwaysValidValidator extends BaseValidator {
 *   override validateAction() {
 *     return true;
 *   }
 * }
 * export default defineDomain({
 *   name: "still",
 *   description: "A world in which nothing happens.",
 *   agents: [],
 *   engines: [StillEngine],
 *   validators: [AlwaysValidValidator],
 * });
 * ```
 */
export function defineDomain(domain: Domain): Domain {
  if (!TYPE_NAME.test(domain.name)) {
    throw new SimError("bad_domain", `a domain's name is lower case letters, digits and '_', not '${domain.name}'`);
  }
  for (const kind of ["agent", "engine", "validator"] as const) {
    const types = componentClasses(domain, kind).map((component) => componentType(component.name, kind));
    const twice = types.find((type, i) => types.indexOf(type) !== i);
    if (twice !== undefined) {
      throw new SimError("bad_domain", `domain '${domain.name}' has two ${kind}s of type '${twice}'`);
    }
  }
  return Object.freeze({ ...domain });
}

/**
 * The class name that `type` stands for: each word capitalised, `llm` as `LLM`, the kind as suffix unless it is there.
 *
 * @example
 * ```ts
 * import { componentClassName } from "llm-sim";
 * if (componentClassName("nation", "agent") !== "NationAgent") throw new Error();
 * if (componentClassName("econ_llm_agent", "agent") !== "EconLLMAgent") throw new Error();
 * if (componentClassName("always_valid", "validator") !== "AlwaysValidValidator") throw new Error();
 * ```
 */
export function componentClassName(type: string, kind: ComponentKind): string {
  const pascal = pascalCase(type);
  return pascal.endsWith(SUFFIX[kind]) ? pascal : pascal + SUFFIX[kind];
}

function pascalCase(type: string): string {
  const words = type.split("_").filter((word) => word.length > 0);
  return words.map((word) => word === "llm" ? "LLM" : word[0]!.toUpperCase() + word.slice(1)).join("");
}

/** The `type:` under which a class is found: the inverse of {@linkcode componentClassName}, without the suffix. */
export function componentType(className: string, kind: ComponentKind): string {
  const suffixes = kind === "agent" ? [SUFFIX.agent, POPULATION] : [SUFFIX[kind]];
  const suffix = suffixes.find((suffix) => className.endsWith(suffix) && className !== suffix) ?? "";
  const stem = className.slice(0, className.length - suffix.length);
  const words = stem.replaceAll("LLM", "Llm").replace(/([a-z0-9])([A-Z])/g, "$1_$2").replace(
    /([A-Z])([A-Z][a-z])/g,
    "$1_$2",
  );
  return words.toLowerCase();
}

/** The class of some component. */
type ComponentClass = AgentClass | PopulationClass | EngineClass | ValidatorClass;

function componentClasses(domain: Domain, kind: ComponentKind): readonly ComponentClass[] {
  return kind === "agent" ? agentClasses(domain) : kind === "engine" ? domain.engines : domain.validators;
}

/** A domain's own agents, and `human`, which every domain has. */
function agentClasses({ agents }: Domain): Domain["agents"] {
  return agents.some(({ name }) => name === HumanAgent.name) ? agents : [...agents, HumanAgent];
}

/** The class of a kind, by kind. */
export interface ComponentClasses {
  /** Of an agent or a population; {@linkcode isPopulationClass} tells them apart. */
  agent: AgentClass | PopulationClass;
  /** Of an engine. */
  engine: EngineClass;
  /** Of a validator. */
  validator: ValidatorClass;
}

/**
 * Finds the class that `type` names.
 * @throws {SimError} `unknown_component`, listing what there is
 */
export function resolveComponent<K extends ComponentKind>(domain: Domain, kind: K, type: string): ComponentClasses[K] {
  const classes = componentClasses(domain, kind);
  const wanted = TYPE_NAME.test(type) ? classNames(type, kind) : [];
  const found = classes.find((component) => wanted.includes(component.name));
  if (found === undefined) {
    const types = classes.map((component) => componentType(component.name, kind));
    throw new SimError("unknown_component", `domain '${domain.name}' has no ${kind} of type '${type}'`, {
      hint: didYouMean(type, types),
    });
  }
  return found as ComponentClasses[K];
}

/** The names of classes that a type finds: for an agent also that of a population. */
function classNames(type: string, kind: ComponentKind): string[] {
  const name = componentClassName(type, kind);
  if (kind !== "agent") return [name];
  const pascal = pascalCase(type);
  return [name, pascal.endsWith(POPULATION) ? pascal : pascal + POPULATION];
}

/** Whether an agent's class is that of a population. */
export function isPopulationClass(component: AgentClass | PopulationClass): component is PopulationClass {
  return component.prototype instanceof Population;
}

const NO_CONFIG = z.strictObject({});

/** The config schema of a component; one without `config` takes none. */
export function configSchema(component: ComponentClass): Schema {
  return component.config ?? NO_CONFIG;
}

/** Components, schemas and docs of a domain, as plain JSON. */
export function describeDomain(domain: Domain): DomainDescription {
  return {
    name: domain.name,
    description: domain.description,
    agents: agentClasses(domain).map((component) => ({
      ...described(component, "agent"),
      kind: isPopulationClass(component) ? "population" : "agent",
    })),
    engines: domain.engines.map((component) => described(component, "engine")),
    validators: domain.validators.map((component) => described(component, "validator")),
    templates: domain.templates ?? {},
  };
}

function described(component: ComponentClass, kind: ComponentKind): ComponentDescription {
  return {
    type: componentType(component.name, kind),
    class: component.name,
    description: component.description ?? "",
    config: z.toJSONSchema(configSchema(component), { io: "input", unrepresentable: "any" }) as JsonObject,
    llm: component.llm === true,
  };
}
