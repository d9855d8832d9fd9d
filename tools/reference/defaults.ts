/** What a key stands for that is not given: told by loading scenarios that leave it out. */

import type { Json } from "../../framework/mod.ts";
import { loadScenario } from "../../framework/scenario/mod.ts";

const REQUIRED = `
simulation: { name: demo, max_turns: 10 }
engine: { type: still }
validator: { type: always_valid }
agents: [{ name: A, type: idle, initial_location: "0,0" }]
state_variables: { agent_vars: {}, global_vars: { x: { type: float, default: 0 } } }
`;

/** Scenarios that leave out what can be left out; the first one that knows a key tells its default. */
const SCENARIOS = [
  REQUIRED + `
spatial:
  topology: { type: grid, width: 2, height: 2 }
  additional_networks: [{ name: rail, edges: [["0,0", "1,1"]] }]
observability: { matrix: [{ observer: A, target: A, level: insider }] }
interventions:
  - { when: "turn > 1", set: { global.x: 1 } }
`,
  REQUIRED.replace(`, initial_location: "0,0"`, "") + `
spatial: { topology: { type: hex_grid, radius: 2 } }
llm: {}
`,
  REQUIRED.replace("0,0", "a") + `
spatial: { topology: { type: network, edges: [[a, b]] } }
`,
];

/** Where the resolved scenario has what is written elsewhere in the file. */
const RESOLVED_AS: { readonly [key: string]: string } = {
  "observability.variable_visibility.external": "observability.external",
  "observability.variable_visibility.internal": "observability.internal",
};

/** What the resolved scenario does not say. */
const TOLD: { readonly [key: string]: string } = {
  "observability.enabled": "`true`",
  "interventions[].from": "value of `every`",
  "interventions[].add_agent.config": "`{}`",
  "interventions[].add_agent.variables": "`{}`",
  "interventions[].add_agent.on_error": "`fail`",
};

/** What the scenarios above give although it can be left out. */
const GIVEN = [
  "agents[].initial_location",
  "interventions[].when",
  "spatial.topology.edges[].from",
  "spatial.topology.edges[].to",
  "spatial.additional_networks[].edges[].from",
  "spatial.additional_networks[].edges[].to",
];

/** Answers what the default of a key is; an empty text where there is none. */
export type DefaultOf = (section: string, path: readonly string[]) => string;

/** Loads what the answers come from. */
export async function readDefaults(): Promise<DefaultOf> {
  const resolved: Json[] = [];
  for (const text of SCENARIOS) {
    const { scenario, issues } = await loadScenario({
      text,
      file: "defaults.yaml",
      readFile: () => Promise.reject(new Error("no file is referred to")),
    });
    if (scenario === undefined) throw new Error(JSON.stringify(issues));
    resolved.push(scenario as unknown as Json);
  }
  return (section, path) => {
    const key = [section, ...path].join(".").replaceAll(".[]", "[]");
    if (TOLD[key] !== undefined) return TOLD[key];
    if (GIVEN.includes(key)) return "";
    const steps = RESOLVED_AS[key]?.split(".") ?? [section, ...path];
    const found = resolved.map((scenario) => valueAt(scenario, steps)).find((value) => value !== undefined);
    return found === undefined || isMapOfDefaults(found) ? "" : shown(found);
  };
}

function valueAt(value: Json | undefined, steps: readonly string[]): Json | undefined {
  return steps.reduce<Json | undefined>((inner, step) => {
    if (inner === null || typeof inner !== "object") return undefined;
    const key = step === "[]" ? "0" : step;
    return Object.hasOwn(inner, key) ? (inner as { readonly [key: string]: Json })[key] : undefined;
  }, value);
}

/** Whether the keys inside have defaults of their own. */
function isMapOfDefaults(value: Json): boolean {
  return typeof value === "object" && value !== null && Object.keys(value).length > 0;
}

function shown(value: Json): string {
  return value === null || value === "" ? "" : `\`${typeof value === "string" ? value : JSON.stringify(value)}\``;
}
