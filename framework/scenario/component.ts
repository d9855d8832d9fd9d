/** What engine, validator and agents have in common: a `type` that names a class of the domain, and its config. */

import { type ComponentKind, componentType } from "../domain.ts";
import { formatPath, type IssuePath } from "../issue.ts";
import type { JsonObject } from "../json.ts";
import { shown } from "./expectation.ts";
import type { Reading } from "./reading.ts";
import type { ResolvedComponent } from "./resolved.ts";
import { scenarioShape } from "./schema.ts";

const TYPE_NAME = /^[a-z][a-z0-9_]*$/;

/** The section `engine` or `validator`, or undefined when it cannot be read. */
export function readComponent(reading: Reading, section: "engine" | "validator"): ResolvedComponent | undefined {
  if (reading.valueAt([section]) === undefined) return undefined;
  const read = reading.read(scenarioShape[section], [section]);
  if (read === undefined || !checkTypeName(reading, [section, "type"], section)) return undefined;
  return { type: read.type, config: (read.config ?? {}) as JsonObject };
}

/** Whether the text at `path` can name a class of the domain; reports it otherwise. */
export function checkTypeName(reading: Reading, path: IssuePath, kind: ComponentKind): boolean {
  const type = reading.valueAt(path);
  if (typeof type !== "string" || TYPE_NAME.test(type)) return true;
  const near = /^[A-Za-z][A-Za-z0-9_]*$/.test(type) ? componentType(type, kind) : undefined;
  const rule = "a type is lower case letters, digits and '_', starting with a letter";
  const hint = near === undefined ? rule : `did you mean '${near}'? ${rule}`;
  reading.error("bad_type", `${formatPath(path)}: ${shown(type)} cannot be the name of a type`, path, hint);
  return false;
}

/** The domain as written, or undefined where the file names none. */
export function readDomain(reading: Reading): string | undefined {
  const domain = reading.read(scenarioShape.domain, ["domain"]);
  if (domain !== undefined && !TYPE_NAME.test(domain)) {
    const hint = "a domain's name is lower case letters, digits and '_', starting with a letter";
    reading.error("bad_domain", `${shown(domain)} cannot be the name of a domain`, ["domain"], hint);
  }
  return domain;
}
