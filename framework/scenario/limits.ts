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
  /** Agents that one entry with `count` stands for: error `invalid_value`. */
  count: 10_000,
  /** Named agents in all: error `too_many_agents`. */
  agents: 100_000,
  /** Conditions that end a run: error `invalid_value`. */
  conditions: 100,
  /** Characters of an agent's name: error `bad_name`. */
  name: 100,
  /** Files in one chain of `extends`: error `extends_too_long`. */
  extends: 16,
  /** Bytes of one referenced file: error `file_too_large`. */
  referenced_bytes: 16 * 1024 * 1024,
});
