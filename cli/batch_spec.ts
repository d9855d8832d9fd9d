/** From the options of `batch` to what a batch is made of. */

import { type Json, SimError } from "../framework/mod.ts";
import { parseSetting } from "../framework/scenario/mod.ts";
import { type BatchSpec, columnNames } from "../runner/mod.ts";
import { settings } from "./session.ts";

/** What can be said of a batch on the command line. */
export interface SpecOptions {
  readonly grid?: readonly string[];
  readonly random?: number;
  readonly arm?: readonly string[];
  readonly seeds?: string;
  readonly samples?: number;
  readonly set?: readonly string[];
  readonly metrics?: readonly string[];
  readonly parallel?: number;
  readonly maxCostUsd?: number;
  readonly maxMinutes?: number;
  readonly name?: string;
  readonly offline?: boolean;
}

/** A batch of one scenario. @throws {SimError} `bad_setting`, `bad_grid`, `bad_arm`, `usage` */
export function specOfScenario(scenario: string, options: SpecOptions): BatchSpec {
  const grid = (options.grid ?? []).map(writtenParameter);
  const paths = grid.map(({ path }) => path);
  const twice = paths.find((path, i) => paths.indexOf(path) < i);
  if (twice !== undefined) {
    throw new SimError("bad_grid", `'${twice}' is varied twice`, { hint: "name all its values in one --grid" });
  }
  const names = columnNames(paths);
  const varied = <P>(read: (parameter: Written) => P) =>
    Object.fromEntries(grid.map((parameter, i) => [names[i]!, { path: parameter.path, ...read(parameter) }]));
  if (options.random !== undefined && grid.length === 0) {
    throw new SimError("usage", "--random draws from nothing", {
      hint: "name what is drawn: --grid engine.interest_rate=0.01:0.08, or --grid agents.A.strategy=grow,decline",
    });
  }
  return {
    name: options.name ?? nameOf(scenario),
    scenario,
    ...withArms(options.arm),
    ...(options.random === undefined
      ? grid.length > 0 && { grid: varied(gridOf) }
      : { random: { n: options.random, params: varied(drawnOf) } }),
    ...common(options),
  };
}

/** A batch from a file, with what the command line says beside it. @throws {SimError} `usage`, `bad_setting` */
export function specOfFile(spec: BatchSpec, options: SpecOptions): BatchSpec {
  for (const key of ["grid", "random", "arm"] as const) {
    if (options[key] !== undefined) {
      throw new SimError("usage", `--${key} is for a scenario; what a batch file varies stands in the file`, {
        hint: "change the file, or name its scenario instead",
      });
    }
  }
  const { name = spec.name } = options;
  const { set, limits, ...said } = common(options);
  return {
    ...spec,
    ...said,
    ...(name !== undefined && { name }),
    ...(set && { set: { ...spec.set, ...set } }),
    ...(limits && { limits: { ...spec.limits, ...limits } }),
  };
}

function common(options: SpecOptions) {
  const { seeds, samples, metrics, parallel, maxCostUsd, maxMinutes, offline } = options;
  const limits: NonNullable<BatchSpec["limits"]> = {
    ...(parallel !== undefined && { parallel }),
    ...(maxCostUsd !== undefined && { max_cost_usd: maxCostUsd }),
    ...(maxMinutes !== undefined && { max_minutes: maxMinutes }),
  };
  const set = settings(options.set, "--set").map(({ path, value }) => [path, value] as const);
  return {
    ...(set.length > 0 && { set: Object.fromEntries(set) }),
    ...(seeds !== undefined && { seeds }),
    ...(samples !== undefined && { samples }),
    ...(metrics !== undefined && { metrics: [...metrics] }),
    ...(Object.keys(limits).length > 0 && { limits }),
    ...(offline === true && { llm_mode: "offline" as const }),
  };
}

/** `path=…` as it was typed. */
interface Written {
  readonly path: string;
  readonly text: string;
}

function writtenParameter(text: string): Written {
  const at = text.indexOf("=");
  const path = text.slice(0, Math.max(0, at)).trim();
  const written = text.slice(at + 1).trim();
  if (path === "" || written === "") {
    throw new SimError("bad_grid", `--grid ${text} is not of the form path=values`, {
      hint: "for example engine.interest_rate=0.02,0.05, or engine.interest_rate=0:0.1:0.02",
    });
  }
  return { path, text: written };
}

const NUMBER = String.raw`([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)`;
const STEPS = new RegExp(`^${NUMBER}:${NUMBER}:${NUMBER}$`);
const BETWEEN = new RegExp(`^${NUMBER}:${NUMBER}$`);

/** `0:1:0.25` are steps, everything else a list of values. */
function gridOf({ path, text }: Written) {
  const [, from, to, step] = STEPS.exec(text) ?? [];
  if (from !== undefined) return { from: Number(from), to: Number(to), step: Number(step) };
  if (BETWEEN.test(text)) {
    throw new SimError("bad_grid", `--grid ${path}=${text} has no step`, {
      hint: `write ${path}=${text}:STEP, or --random N to draw values between the two`,
    });
  }
  return { values: valuesOf(path, text) };
}

/** `0:1` is drawn between the two, from a list one of its values. */
function drawnOf({ path, text }: Written) {
  const [, low, high] = BETWEEN.exec(text) ?? [];
  if (low !== undefined) return { uniform: [Number(low), Number(high)] as [number, number] };
  if (STEPS.test(text)) {
    throw new SimError("bad_grid", `--grid ${path}=${text} has a step, but --random draws`, {
      hint: "leave the step away, or --random",
    });
  }
  return { choice: valuesOf(path, text) };
}

function valuesOf(path: string, text: string) {
  return parseSetting(`${path}=[${text}]`).value as Json[];
}

/** `NAME` or `NAME:path=value`; the same name again adds to it. @throws {SimError} `bad_arm` */
function withArms(texts: readonly string[] | undefined): Pick<BatchSpec, "arms"> {
  if (texts === undefined) return {};
  const arms: NonNullable<BatchSpec["arms"]> = {};
  for (const text of texts) {
    const [, name, setting] = /^([A-Za-z_][\w.-]{0,99})(?::([^]+))?$/.exec(text) ?? [];
    if (name === undefined) {
      throw new SimError("bad_arm", `'${text}' is no arm`, {
        hint: "write NAME:path=value, for example tight:engine.interest_rate=0.08; NAME alone is the scenario as it is",
      });
    }
    const set = arms[name]?.set ?? {};
    if (setting === undefined) {
      if (arms[name]) throw new SimError("bad_arm", `arm '${name}' is named twice`);
      arms[name] = { set };
      continue;
    }
    const { path, value } = parseSetting(setting);
    if (Object.hasOwn(set, path)) {
      throw new SimError("bad_arm", `arm '${name}' sets '${path}' twice`, {
        hint: "give the second arm a name of its own",
      });
    }
    arms[name] = { set: { ...set, [path]: value } };
  }
  return { arms };
}

/** A batch is named after its scenario's file. */
function nameOf(scenario: string): string {
  return scenario.replace(/^.*[/\\]/, "").replace(/\.[^.]*$/, "").slice(0, 100) || "batch";
}
