/** What an editor of scenarios knows beside YAML: keys and values by the schema, help where the pointer or the caret is. */

import type { Completion, CompletionContext, CompletionResult } from "@codemirror/autocomplete";
import { indentService } from "@codemirror/language";
import { lintGutter, nextDiagnostic, previousDiagnostic } from "@codemirror/lint";
import { highlightSelectionMatches, search, searchKeymap } from "@codemirror/search";
import { EditorState, type Extension } from "@codemirror/state";
import { EditorView, hoverTooltip, keymap, type Tooltip } from "@codemirror/view";
import {
  branchesAt,
  branchesOf,
  type Help,
  helpOf,
  optionsOf,
  propertiesOf,
  type Scalars,
  type Schema,
  typesOf,
} from "../_parts/scenario/schema.ts";
import { placeAt, writingAt, type YamlPlace } from "./yaml_place.ts";

/** What completion and help are made of. */
export interface ScenarioKnowledge {
  /** Null: not there yet, or the domain is broken. */
  schema(): Schema | null;
  /** Values at a path that come from files which the text extends. */
  inherited(path: readonly (string | number)[]): Scalars;
  /** Names that may stand at a path: of files, of domains. */
  names(path: readonly (string | number)[]): readonly string[];
  /** The caret stands at this path. */
  onPlace(path: readonly (string | number)[]): void;
}

/** Completes keys and values of a scenario. */
export function completeScenario(
  knowledge: ScenarioKnowledge,
): (context: CompletionContext) => CompletionResult | null {
  return (context) => {
    const schema = knowledge.schema();
    const writing = writingAt(context.state.sliceDoc(), context.pos);
    if (schema === null || writing === null) return null;
    const { path, writes, from, used, inFlow, hasColon, mayBeValue } = writing;
    const isFresh = from === context.pos;
    const before = context.state.sliceDoc(Math.max(0, from - 2), from);
    // Where nothing has been typed, only a place for a value asks for one.
    if (isFresh && !context.explicit && !(writes === "value" && /[:,-] $|\[$/.test(before))) return null;
    const branches = branchesAt(schema, path, scalarsOf(writing, knowledge));
    const values = writes === "value" || mayBeValue ? valuesOf(branches, path, knowledge) : [];
    const keys = writes === "value" ? [] : propertiesOf(branches).filter(({ key }) => !used.includes(key))
      .map(({ key, schema: child, isRequired }, i): Completion => {
        const inner = branchesOf(schema, child);
        const help = helpOf(inner);
        const indent = /^[ ]*(?:- )*/.exec(context.state.doc.lineAt(from).text)![0].length;
        return {
          label: key,
          type: "property",
          detail: isRequired ? "required" : help?.kind.split(",")[0] ?? "",
          apply: hasColon ? key : `${key}:${openingOf(inner, inFlow, indent)}`,
          // The schema's order is the order in which people write.
          boost: isRequired ? 50 : -i,
          ...(help !== null && { info: () => helpBox(key, help) }),
        };
      });
    const options = [...values, ...keys];
    return options.length === 0 ? null : { from, options, validFor: /^[\w.$/-]*$/ };
  };
}

/** What the editor is given beside what editors of cells have. */
export function scenarioExtensions(knowledge: ScenarioKnowledge, isReadonly: boolean): Extension[] {
  return [
    lintGutter(),
    indentService.of(({ state }, at) => indentAfter(state.doc.lineAt(at).from === 0 ? "" : lineBefore(state, at))),
    search({ top: true }),
    highlightSelectionMatches(),
    hoverTooltip((view, at) => tooltipAt(view, at, knowledge), { hoverTime: 350 }),
    keymap.of([
      ...searchKeymap.filter(({ key }) => key !== "Mod-Alt-g"),
      { key: "F8", run: nextDiagnostic },
      { key: "Shift-F8", run: previousDiagnostic },
    ]),
    EditorState.readOnly.of(isReadonly),
    followCaret(knowledge),
  ];
}

/** Milliseconds after which the caret has come to rest. */
const REST = 120;

function followCaret({ onPlace }: ScenarioKnowledge): Extension {
  let timer: ReturnType<typeof setTimeout> | undefined;
  return EditorView.updateListener.of(({ state, selectionSet, docChanged }) => {
    if (!selectionSet && !docChanged) return;
    clearTimeout(timer);
    timer = setTimeout(() => {
      const [text, at] = [state.sliceDoc(), state.selection.main.head];
      onPlace((placeAt(text, at) ?? placeAt(text, at, -1))?.path ?? []);
    }, REST);
  });
}

function lineBefore({ doc }: EditorState, at: number): string {
  const { from, number, text } = doc.lineAt(at);
  // A line that is only being made ends where the caret is.
  return at > from ? text.slice(0, at - from) : doc.line(number - 1).text;
}

/** How far a line is indented below one that ends with a key; undefined: as the language says. */
function indentAfter(line: string): number | undefined {
  const opening = /^([ ]*(?:- +)*)[^#"']*:\s*$/.exec(line);
  return opening === null ? undefined : opening[1]!.length + 2;
}

function valuesOf(
  branches: readonly Schema[],
  path: readonly (string | number)[],
  knowledge: ScenarioKnowledge,
): Completion[] {
  return [
    ...optionsOf(branches).map(({ value, description }): Completion => ({
      label: value,
      type: "constant",
      ...(description !== "" && { info: description }),
    })),
    ...knowledge.names(path).map((label): Completion => ({ label, type: "text" })),
  ];
}

function scalarsOf({ path, scalars }: YamlPlace, { inherited }: ScenarioKnowledge): Scalars[] {
  const places = [...path.keys(), path.length];
  return places.map((depth) => ({ ...inherited(path.slice(0, depth)), ...scalars[depth] }));
}

/** What follows the colon of a key: where keys or entries come, the line that they begin on. */
function openingOf(branches: readonly Schema[], inFlow: boolean, indent: number): string {
  const types = new Set(branches.flatMap(typesOf));
  if (inFlow || types.size !== 1) return " ";
  if (types.has("object")) return `\n${" ".repeat(indent + 2)}`;
  return types.has("array") ? `\n${" ".repeat(indent + 2)}- ` : " ";
}

function tooltipAt(view: EditorView, at: number, knowledge: ScenarioKnowledge): Tooltip | null {
  const schema = knowledge.schema();
  const place = schema === null ? null : placeAt(view.state.sliceDoc(), at);
  if (place === null) return null;
  const help = helpOf(branchesAt(schema!, place.path, scalarsOf(place, knowledge)));
  if (help === null || (help.description === "" && help.kind === "")) return null;
  const name = String(place.path.at(-1) ?? "");
  return { pos: place.from, end: place.to, above: true, create: () => ({ dom: helpBox(name, help) }) };
}

/** Options that are listed in full. */
const MOST_OPTIONS = 8;

/** What a key is, as an element: descriptions are text, whatever is in them. */
function helpBox(name: string, { description, kind, standard, options }: Help): HTMLElement {
  const box = document.createElement("div");
  box.className = "scenario-help";
  const add = (tag: string, text: string, parent: HTMLElement = box) => {
    const element = document.createElement(tag);
    element.textContent = text;
    parent.append(element);
    return element;
  };
  add("strong", name);
  if (kind !== "") add("span", kind);
  if (description !== "") add("p", description);
  if (standard !== null) add("p", `Default: ${standard}`);
  if (options.length > 0 && kind !== "true or false") {
    const list = add("ul", "");
    for (const { value, description } of options.slice(0, MOST_OPTIONS)) {
      const item = add("li", "", list);
      add("code", value, item);
      if (description !== "") item.append(` ${description}`);
    }
    if (options.length > MOST_OPTIONS) add("li", `and ${options.length - MOST_OPTIONS} more`, list);
  }
  return box;
}
