/** Answers whose reading is more lenient, and whose problems are told better, than their JSON Schema could say. */

import { z } from "zod";
import type { IssuePath } from "../issue.ts";
import type { JsonObject } from "../json.ts";

/** Takes down what is wrong with an answer, and where in it; `issue` is what zod has to say of it, if that found it. */
export type Problem = (path: IssuePath, message: string, issue?: z.core.$ZodIssue) => void;

/**
 * A zod type that providers are told as `schema` and that reads answers by `read`, which names every problem it finds: a
 * model is told all of them at once. What `read` returns counts when there is none.
 */
export function answerType<T>(schema: JsonObject, read: (answer: unknown, problem: Problem) => T): z.ZodType<T> {
  return z.any().meta({ ...schema }).transform((answer: unknown, context): T => {
    let isGood = true;
    const value = read(answer, (path, message, issue) => {
      isGood = false;
      context.addIssue(
        { ...(issue ?? { code: "custom", input: answer }), path: [...path], message } as Parameters<
          typeof context.addIssue
        >[0],
      );
    });
    return isGood ? value : z.NEVER;
  });
}

/** Whether an answer, or a part of it, is an object. */
export function isObject(value: unknown): value is { readonly [key: string]: unknown } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A value as a problem tells it: JSON, at most 80 characters. */
export function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 80 ? `${text.slice(0, 79)}…` : text;
}

/** What reasons a model gave; its own words may be longer than what is kept. */
export const REASONING_LENGTH = 2000;

/** The member `reasoning` of an answer. */
export function readReasoning(answer: { readonly [key: string]: unknown }, problem: Problem): string {
  const { reasoning } = answer;
  if (typeof reasoning !== "string" || reasoning.trim() === "") {
    problem(
      ["reasoning"],
      reasoning === undefined ? "is missing; give your reasons" : "must be a text that is not empty",
    );
    return "";
  }
  return clipped(reasoning.trim(), REASONING_LENGTH);
}

/** The member `confidence` of an answer. */
export function readConfidence(answer: { readonly [key: string]: unknown }, problem: Problem): number {
  const { confidence } = answer;
  if (typeof confidence === "number" && confidence >= 0 && confidence <= 1) return confidence;
  problem(
    ["confidence"],
    confidence === undefined
      ? "is missing; a number from 0 to 1"
      : `must be a number from 0 to 1, not ${shown(confidence)}`,
  );
  return 0;
}

/** JSON Schema of the member `reasoning`. */
export const REASONING_SCHEMA: JsonObject = {
  type: "string",
  minLength: 1,
  maxLength: REASONING_LENGTH,
  description: "your reasons, before you decide",
};

/** JSON Schema of the member `confidence`. */
export const CONFIDENCE_SCHEMA: JsonObject = {
  type: "number",
  minimum: 0,
  maximum: 1,
  description: "how sure you are",
};

/** At most `length` characters of a text, which ends in `…` where something is left out. */
export function clipped(text: string, length: number): string {
  if (text.length <= length) return text;
  const characters = [...text];
  return characters.length <= length ? text : `${characters.slice(0, length - 1).join("")}…`;
}
