/** Texts of new notebooks: readable, and working as they are. */
import { SimError } from "../../framework/mod.ts";
import type { App } from "../app.ts";
import type { TemplateSource } from "./controller.ts";

/** As {@linkcode Notebooks.template}. */
export function template(_app: App, _source: TemplateSource): Promise<string> {
  return Promise.reject(new SimError("not_built", "templates are not built yet"));
}
