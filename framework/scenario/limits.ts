/** What a scenario may ask of its reader. Every limit has an error of its own that names it. */

/** The limits on a scenario and the files it refers to. */
export const SCENARIO_LIMITS = Object.freeze({
  /** Bytes of one scenario text: error `scenario_too_large`. */
  bytes: 1024 * 1024,
  /** Maps and lists inside each other, the root included: error `too_deep`. */
  depth: 32,
  /** YAML aliases (`*name`) in one file: error `too_many_aliases`. */
  aliases: 100,
  /** Values plus characters of text once all aliases are expanded: error `aliases_too_large`. */
  expanded: 4 * 1024 * 1024,
  /** Agent variables and global variables together: error `too_many_variables`. */
  variables: 500,
  /** Members of one population: error `invalid_value`, and `population_too_large` where it grows. */
  count: 1_000_000,
  /** Named agents that one entry with `count` stands for: error `too_many_agents`. */
  named_count: 10_000,
  /** Named agents in all: error `too_many_agents`. */
  agents: 100_000,
  /** Conditions that end a run: error `invalid_value`. */
  conditions: 100,
  /** Entries of `interventions:`: error `invalid_value`. */
  interventions: 1000,
  /** Locations of a space: error `too_many_locations`. */
  locations: 250_000,
  /** Edges of one network: error `too_many_edges`. */
  edges: 1_000_000,
  /** Characters of the name of an agent, a location or a network: error `bad_name`. */
  name: 100,
  /** Files in one chain of `extends`: error `extends_too_long`. */
  extends: 16,
  /** Characters of one prompt template: error `prompt_too_large`. */
  prompt: 100_000,
  /** Bytes of one referenced file: error `file_too_large`. */
  referenced_bytes: 16 * 1024 * 1024,
});
