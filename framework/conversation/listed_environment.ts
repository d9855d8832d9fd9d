/** An environment whose actions take effect elsewhere: its state is the list of what was done. */

import { canonicalJson } from "../canonical_json.ts";
import { frozenJson, type Json, type JsonObject } from "../json.ts";
import type { ActionCatalogue } from "./catalogue.ts";
import type { Environment } from "./environment.ts";
import { readAction } from "./normalise.ts";
import type { ActionSpec } from "./types.ts";

/**
 * The environment of a catalogue. Every action that is one of it succeeds; mutating ones are added to the state as
 * `{name, parameters}`. What they led to is not known, so that states are not compared.
 */
export function listedEnvironment(
  spec: { readonly title: string; readonly outline: string; readonly actions: ActionCatalogue },
): Environment {
  const calls = (state: Json) => state as readonly JsonObject[];
  const call = ({ name, parameters }: ActionSpec): JsonObject => ({ name, parameters });
  return {
    initial: [],
    catalogue: spec.actions,
    outline: (state, { max_nodes = Infinity } = {}) => {
      const lines = calls(state).map(({ name, parameters }) => `- ${name} ${JSON.stringify(parameters)}`);
      const shown = lines.slice(Math.max(0, lines.length - max_nodes));
      const done = lines.length === 0 ? [] : [
        `Done so far${shown.length < lines.length ? ` (the last ${shown.length} of ${lines.length})` : ""}:`,
        ...shown,
      ];
      return [spec.title, spec.outline.trim(), ...done].filter((line) => line !== "").join("\n");
    },
    apply: (state, written) => {
      const read = readAction(written, spec.actions, { unknown: "keep" });
      if ("problem" in read) {
        return { state, done: { ...written, success: false, result_message: read.problem } };
      }
      const { action } = read;
      const done = { ...action, success: true, result_message: `${action.name} is done` };
      if (!spec.actions[action.name]!.mutating) return { state, done };
      return { state: frozenJson([...calls(state), call(action)]), done };
    },
    differences: () => null,
    agree: () => false,
    repeats: (state, written) => {
      const read = readAction(written, spec.actions);
      if ("problem" in read) return null;
      const wanted = canonicalJson(call(read.action));
      return calls(state).some((done) => canonicalJson(done) === wanted)
        ? `${read.action.name} was done before with the same parameters`
        : null;
    },
  };
}
