/** `input` cells: a control with a value. */

import type { Json } from "../../../framework/mod.ts";
import type { Body } from "../bodies.ts";
import { type Computed, plain, wrong } from "../computed.ts";
import { type CellContext, openBody } from "../context.ts";
import type { InputOutput, ViewIssue } from "../view.ts";

type Value = InputOutput["value"];
type Choice = { readonly value: Value; readonly label: string };

/** The control, with the value from the page's address if that is one of its values. */
export function inputCell(context: CellContext): Computed {
  const { piece, moved } = context;
  const opened = openBody(context, "input");
  if ("computed" in opened) return opened.computed;
  const { body, read } = opened;
  const options = body.options?.map(choiceOf);
  const issues: ViewIssue[] = [];
  const wrongKey = (key: string, message: string, hint: string) =>
    issues.push({ severity: "error", code: "bad_input", message, hint, ...read.place([key]) });
  if (["select", "radio"].includes(body.type) && options === undefined) {
    wrongKey("type", `a ${body.type} has options`, "options: [low, high]");
  }
  if (body.type === "range" && (body.min === undefined || body.max === undefined)) {
    wrongKey("type", "a range goes from min to max", "min: 0, max: 1");
  }
  if (body.min !== undefined && body.max !== undefined && body.min > body.max) {
    wrongKey("max", `max ${body.max} is less than min ${body.min}`, "exchange them");
  }
  if (issues.length > 0) return wrong(piece, issues);
  const standard = body.value ?? firstValue(body, options);
  const problem = problemOf(standard, body, options);
  if (problem !== null) {
    wrongKey("value", `the value ${JSON.stringify(standard)} ${problem}`, "correct it, or the control");
    return wrong(piece, issues);
  }
  const taken = moved === undefined ? standard : asValue(moved, body, options);
  const refused = taken === null ? "is none of this control" : problemOf(taken, body, options);
  if (refused !== null) {
    issues.push({
      severity: "warning",
      code: "bad_input_value",
      message: `${JSON.stringify(moved)} ${refused}: ${JSON.stringify(standard)} holds`,
      ...read.place(["value"]),
    });
  }
  const value = refused === null ? taken! : standard;
  const output: InputOutput = {
    type: "input",
    control: body.type,
    label: body.label ?? piece.name,
    ...(body.min !== undefined && { min: body.min }),
    ...(body.max !== undefined && { max: body.max }),
    ...(body.step !== undefined && { step: body.step }),
    ...(options && { options }),
    value,
    standard,
  };
  return plain(
    piece,
    "fresh",
    { ready: "ready", issues, value, output, table: { rows: [{ value }] } },
    JSON.stringify(value),
  );
}

function choiceOf(option: NonNullable<Body<"input">["options"]>[number]): Choice {
  return typeof option === "object" ? option : { value: option, label: String(option) };
}

function firstValue({ type, min }: Body<"input">, options: readonly Choice[] | undefined): Value {
  if (options) return options[0]!.value;
  return type === "toggle" ? false : type === "text" ? "" : min ?? 0;
}

/** What a value in an address means to the control: there all is text. Null: nothing. */
function asValue(moved: Json, { type }: Body<"input">, options: readonly Choice[] | undefined): Value | null {
  if (options) return options.find(({ value }) => value === moved || String(value) === String(moved))?.value ?? null;
  if (type === "toggle") {
    if (typeof moved === "boolean") return moved;
    return moved === "true" || moved === "1" ? true : moved === "false" || moved === "0" ? false : null;
  }
  if (type === "text") return typeof moved === "object" ? null : String(moved);
  if (typeof moved === "string" && moved.trim() === "") return null;
  const number = typeof moved === "number" || typeof moved === "string" ? Number(moved) : NaN;
  return Number.isFinite(number) ? number : null;
}

/** Why a value is none of the control's; null: it is one. */
function problemOf(value: Value, body: Body<"input">, options: readonly Choice[] | undefined): string | null {
  if (options) return options.some((option) => option.value === value) ? null : "is none of the options";
  if (body.type === "toggle") return typeof value === "boolean" ? null : "is neither true nor false";
  if (body.type === "text") {
    return typeof value === "string" ? value.length > 10_000 ? "is too long" : null : "is no text";
  }
  if (typeof value !== "number") return "is no number";
  if (body.min !== undefined && value < body.min) return `is less than ${body.min}`;
  return body.max !== undefined && value > body.max ? `is more than ${body.max}` : null;
}
