/** @jsxRuntime automatic */
/** @jsxImportSource preact */
/** A scenario as a form, made of the schema. Each field sets one value in the text; the rest of that stays as it is written. */

import type { VNode } from "preact";
import { useId, useState } from "preact/hooks";
import type { Json } from "../../../framework/mod.ts";
import { Icon } from "../icons.tsx";
import { TypedField } from "../typed_field.tsx";
import { entriesOf, type Field, fieldsOf, newEntry } from "./form_fields.ts";
import type { Schema } from "./schema.ts";
import type { ScenarioSession } from "./session.ts";
import { effective, isMap } from "./values.ts";

/** Entries of a list that are drawn. */
const MOST = 200;
/** Characters of what is set in the text alone. */
const SHOWN = 120;

/** The form. */
export function FormView({ session }: { readonly session: ScenarioSession }): VNode {
  const schema = session.schema.value;
  const { draft, trouble } = session.look.value;
  if (schema === null || draft === null) {
    const isComing = trouble === null && !session.isSchemaMissing.value;
    return (
      <p class="empty">
        {isComing ? "Loading what can be set…" : "There is no form: what the domain can be set to is not known."}
      </p>
    );
  }
  if (draft.kind !== "scenario") {
    return <p class="empty">A {draft.kind} has no form. It is set in its text.</p>;
  }
  if (draft.written === null && session.text.value.trim() !== "") {
    return <p class="empty">The text cannot be read, so there is nothing to fill in. Its findings say why.</p>;
  }
  const fields = fieldsOf({ root: schema, schema, path: [], own: draft.written, value: effective(draft) });
  return (
    <form class="scenario-form" aria-label="Scenario" onSubmit={(event) => event.preventDefault()}>
      {fields.map((field) => <FieldView key={field.key} field={field} root={schema} session={session} isTop />)}
    </form>
  );
}

interface FieldProps {
  readonly field: Field;
  readonly root: Schema;
  readonly session: ScenarioSession;
  readonly isTop?: boolean;
}

function FieldView(props: FieldProps): VNode {
  switch (props.field.control) {
    case "group":
    case "list":
      return <Section {...props} />;
    case "code":
      return <CodeField {...props} />;
    default:
      return <Single {...props} />;
  }
}

/** Keys and values, or entries. What is inside is drawn when it is opened. */
function Section({ field, root, session, isTop = false }: FieldProps): VNode {
  const { path, key, control, description, own, value, schema } = field;
  const [isOpen, setOpen] = useState(isTop && value !== undefined && control === "group");
  const isFixed = isInherited(field) && control === "list";
  const remove = async () => {
    // What comes after it in its list takes its place.
    if (await session.takeOut(path, titleOf(field))) setOpen(false);
  };
  return (
    <details
      class={`form-section${isTop ? " form-top" : ""}`}
      open={isOpen}
      onToggle={(event) => setOpen(event.currentTarget.open)}
    >
      <summary>
        <span class="form-name">{titleOf(field)}</span>
        <span class="form-state">{stateOf(field)}</span>
        {description !== "" && <span class="form-about">{description}</span>}
      </summary>
      {isOpen && (
        <div class="form-fields">
          {isFixed && (
            <p class="form-note">
              It comes from a file that this one extends. A list is replaced as a whole.{" "}
              {session.mayEdit && (
                <button type="button" onClick={() => void session.set(path, value!)}>Write it here</button>
              )}
            </p>
          )}
          {control === "group"
            ? fieldsOf({ root, schema, path, own, value })
              .map((each) => <FieldView key={each.key} field={each} root={root} session={session} />)
            : entriesOf({ root, schema, path, own, value }).slice(0, MOST)
              .map((each) => <FieldView key={each.key} field={each} root={root} session={session} />)}
          {control === "group" && <NewKey field={field} root={root} session={session} />}
          {control === "list" && session.mayEdit && !isFixed && (
            <button
              type="button"
              class="form-add"
              onClick={() => void session.set([...path, lengthOf(value)], newEntry(root, schema, namesIn(value)))}
            >
              <Icon name="plus" /> Add to {key}
            </button>
          )}
          {session.mayEdit && own !== undefined && !isTop && (!field.isRequired || typeof key === "number") && (
            <button type="button" class="form-add" onClick={remove}>
              <Icon name="x" /> Remove {titleOf(field)}
            </button>
          )}
        </div>
      )}
    </details>
  );
}

/** Adds a key where any name may stand: a variable, a reporter. */
function NewKey({ field: { path, schema, value, key }, root, session }: FieldProps): VNode | null {
  const [name, setName] = useState("");
  const rest = restOf(root, schema);
  if (rest === null || !session.mayEdit) return null;
  const isTaken = isMap(value) && Object.hasOwn(value, name.trim());
  const add = () => {
    if (name.trim() === "" || isTaken) return;
    void session.set([...path, name.trim()], {});
    setName("");
  };
  return (
    <div class="form-new">
      <label>
        New name in {key}
        <input
          value={name}
          maxLength={100}
          spellcheck={false}
          onInput={(event) => setName(event.currentTarget.value)}
          onKeyDown={(event) => event.key === "Enter" && add()}
        />
      </label>
      <button type="button" disabled={name.trim() === "" || isTaken} onClick={add}>
        <Icon name="plus" /> Add
      </button>
    </div>
  );
}

/** The schema of what stands under any name, where that is keys and values. */
function restOf(root: Schema, schema: Schema | null): Schema | null {
  const [found] = (schema === null ? [] : [schema]).flatMap((each) => {
    const inner = (each.anyOf ?? [each]) as Schema[];
    return inner.map(({ additionalProperties }) => additionalProperties);
  }).filter((rest) => typeof rest === "object" && rest !== null && Object.keys(rest).length > 0);
  if (found === undefined) return null;
  const text = JSON.stringify(found);
  return text.includes('"object"') || text.includes("$ref") ? root : null;
}

/** A text, a number, a switch, one of several. */
function Single({ field, session }: FieldProps): VNode {
  const id = useId();
  const { standard, own, value, isRequired, options } = field;
  const clear = clearing(field, session);
  const chosen = options.find((option) => option.value === String(value))?.description ?? "";
  const about = [aboutOf(field), chosen].filter((each) => each !== "").join(" · ");
  return (
    <div class={`form-field${own === undefined ? " form-unset" : ""}`}>
      <label for={id}>
        <code>{titleOf(field)}</code>
        {isRequired && <span class="muted">required</span>}
      </label>
      <div class="form-control">
        <ControlOf id={id} field={field} session={session} about={about === "" ? undefined : `${id}-about`} />
        {session.mayEdit && own !== undefined && own !== null && clear !== null && (
          <button
            type="button"
            class="quiet icon"
            aria-label={`Clear ${titleOf(field)}`}
            title="Says nothing: the default holds"
            onClick={clear}
          >
            <Icon name="x" />
          </button>
        )}
        {isInherited(field) && <span class="form-from">from the file it extends</span>}
        {value === undefined && standard !== null && <span class="form-from">default {standard}</span>}
      </div>
      {about !== "" && <p class="form-about" id={`${id}-about`}>{about}</p>}
    </div>
  );
}

interface ControlProps {
  readonly id: string;
  readonly field: Field;
  readonly session: ScenarioSession;
  readonly about: string | undefined;
}

/** Has the file say nothing of a field; null: it does not anyway, or nothing would hold then. */
function clearing(field: Field, session: ScenarioSession): (() => void) | null {
  const { path, own, standard, mayBeNull, isRequired } = field;
  if (own === undefined || (!mayBeNull && (isRequired || standard === null))) return null;
  return () => void (isRequired ? session.set(path, null) : session.unset(path));
}

/** What one sets it with. It shows what the text says, also when that is changed elsewhere. */
function ControlOf({ id, field, session, about }: ControlProps): VNode {
  const { control, options, value, path, min, max, isWhole, mayBeNull } = field;
  const clear = clearing(field, session);
  const set = (next: Json) => void session.set(path, next);
  const common = { id, "aria-describedby": about, disabled: !session.mayEdit };
  if (control === "toggle" || control === "choice") {
    const known = control === "toggle" ? ["true", "false"] : options.map((option) => option.value);
    const now = value === undefined || value === null ? "" : String(value);
    const all = now === "" || known.includes(now) ? known : [...known, now];
    return (
      <select
        {...common}
        value={now}
        onChange={(event) => {
          const chosen = event.currentTarget.value;
          if (chosen !== "") set(control === "toggle" ? chosen === "true" : typed(chosen, field));
          else if (clear !== null) clear();
          else event.currentTarget.value = now;
        }}
      >
        {(now === "" || clear !== null) && <option value="">–</option>}
        {all.map((each) => <option key={each} value={each}>{each}</option>)}
      </select>
    );
  }
  return (
    <TextField
      {...common}
      now={value === undefined || value === null ? "" : String(value)}
      {...(control === "number" && { type: "number", min, max, step: isWhole ? 1 : "any" as const })}
      onSet={(text) => {
        if (text === "" && (control === "number" || mayBeNull)) return clear?.();
        if (control === "text") set(text);
        else if (Number.isFinite(Number(text))) set(Number(text));
      }}
    />
  );
}

/** What was chosen, of the type that the schema lists. */
function typed(chosen: string, { schema, value }: Field): Json {
  const listed = JSON.stringify(schema ?? {});
  const isNumber = typeof value === "number" || listed.includes(`"const":${chosen}`) || listed.includes(`[${chosen}`);
  return isNumber && chosen !== "" && Number.isFinite(Number(chosen)) ? Number(chosen) : chosen;
}

interface TextFieldProps {
  readonly id: string;
  readonly "aria-describedby": string | undefined;
  readonly disabled: boolean;
  readonly now: string;
  readonly type?: "number";
  readonly min?: number | null;
  readonly max?: number | null;
  readonly step?: 1 | "any";
  onSet(text: string): void;
}

/** A field that sets its value when one leaves it, or presses Enter. */
function TextField({ now, onSet, type, min, max, step, ...rest }: TextFieldProps): VNode {
  return (
    <TypedField
      {...rest}
      type={(type ?? "text") as "number"}
      class={type}
      value={now}
      min={min ?? undefined}
      max={max ?? undefined}
      step={step}
      spellcheck={false}
      onChange={({ currentTarget: input }) => {
        if (!input.validity.valid) input.reportValidity();
        else if (input.value !== now) onSet(input.value);
      }}
      onKeyDown={(event) => {
        if (event.key === "Escape") event.currentTarget.value = now;
      }}
    />
  );
}

/** What is set in the text alone: a glimpse of it, and the way there. */
function CodeField({ field, session }: FieldProps): VNode {
  const { path, own, value } = field;
  const text = value === undefined || value === null ? "" : JSON.stringify(value);
  const about = aboutOf(field);
  return (
    <div class={`form-field${own === undefined ? " form-unset" : ""}`}>
      <span class="form-label">
        <code>{titleOf(field)}</code>
      </span>
      <div class="form-control">
        {text !== "" && <code class="form-glimpse">{text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text}</code>}
        {isInherited(field) && <span class="form-from">from the file it extends</span>}
        <button type="button" class="plain" onClick={() => session.goToPath(path)}>
          {own === undefined ? "Write it in the text" : "Edit it in the text"}
        </button>
      </div>
      {about !== "" && <p class="form-about">{about}</p>}
    </div>
  );
}

/** What it is; its kind where the field does not show that by itself. */
function aboutOf({ description, kind, control }: Field): string {
  const isTold = control === "number" ? !/[\d]/.test(kind) : control !== "code";
  return [description, isTold ? "" : kind].filter((each) => each !== "").join(" · ");
}

function isInherited({ own, value }: Field): boolean {
  return own === undefined && value !== undefined;
}

/** Its key; an entry of a list by its name. */
function titleOf({ key, value }: Field): string {
  if (typeof key === "string") return key;
  return isMap(value) && typeof value.name === "string" ? value.name : String(key + 1);
}

/** What is in it, in few words. */
function stateOf(field: Field): string {
  const { control, value, own } = field;
  if (value === undefined || value === null) return "not set";
  const where = own === undefined ? ", from the file it extends" : "";
  if (control === "list") return `${lengthOf(value)}${where}`;
  const type = isMap(value) && typeof value.type === "string" ? value.type : "";
  return `${type}${where}`.replace(/^, /, "");
}

function lengthOf(value: Json | undefined): number {
  return Array.isArray(value) ? value.length : 0;
}

function namesIn(value: Json | undefined): string[] {
  const entries = Array.isArray(value) ? value as readonly Json[] : [];
  return entries.flatMap((each) => isMap(each) && typeof each.name === "string" ? [each.name] : []);
}
