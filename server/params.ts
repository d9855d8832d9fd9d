/** Parts of URLs, as they are read: texts that stand for numbers, switches and lists. */

import { z } from "zod";

/** A run's id in a path. Whatever it is, what has no such run is not there: 404. */
export const runIdParam: z.ZodString = z.string().min(1).meta({
  description: "id of a run",
  examples: ["growth_2agents_20260101_120000_01"],
});

/** A batch's id in a path. */
export const batchIdParam: z.ZodString = z.string().min(1).meta({
  description: "id of a batch",
  examples: ["rates_20260101_120000_01"],
});

/** A whole number of decimal digits, and nothing that JavaScript takes for one. */
export function intParam(min: number, max: number = Number.MAX_SAFE_INTEGER): z.ZodType<number> {
  return z.preprocess(
    (value) => typeof value === "string" && /^-?\d{1,16}$/.test(value) ? Number(value) : value,
    z.int().min(min).max(max),
  ) as never;
}

/** A whole number that may be left out. */
export function optionalInt(min: number, max: number = Number.MAX_SAFE_INTEGER): z.ZodOptional<z.ZodType<number>> {
  return intParam(min, max).optional();
}

/** `true` or `false`; left out: false. */
export function flagParam(description: string): z.ZodType<boolean> {
  return z.enum(["true", "false"]).default("false").transform((text) => text === "true").meta({ description }) as never;
}

/** Names of agents: between commas, or between slashes, which no name holds, where one may hold commas: `a,b` or `a, b/c/`. */
export function agentsParam(description: string): z.ZodType<string[]> {
  const names = z.array(z.string().max(200)).max(1000);
  return z.preprocess(
    (value) =>
      value === undefined
        ? []
        : [value].flat().flatMap((text) =>
          typeof text !== "string"
            ? [text]
            : text.includes("/")
            ? text.split("/").filter((name) => name !== "")
            : text.split(",")
        ),
    names,
  ).meta({ description: `${description}, between commas or slashes` }) as never;
}

/** Several values, as `a,b` or as the same key several times; left out: none. */
export function listParam<T extends z.ZodType<string>>(each: T): z.ZodType<z.output<T>[]> {
  return z.preprocess(
    (value) =>
      value === undefined ? [] : [value].flat().flatMap((text) => typeof text === "string" ? text.split(",") : [text]),
    z.array(each).max(1000),
  ) as never;
}
