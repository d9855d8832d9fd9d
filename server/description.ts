/** The text of the API's description, written when somebody asks for it. */

import type { MountedEndpoint } from "./endpoint.ts";

const texts = new WeakMap<readonly MountedEndpoint[], Promise<string>>();

/** OpenAPI 3.1 of these endpoints, as JSON. @param version of this program */
export function apiDescription(endpoints: readonly MountedEndpoint[], version: string): Promise<string> {
  const known = texts.get(endpoints);
  if (known !== undefined) return known;
  // Loaded now, so that the server's start need not wait for it.
  const text = import("./openapi.ts").then(({ openApiDocument }) =>
    JSON.stringify(openApiDocument(endpoints, version))
  );
  texts.set(endpoints, text);
  return text;
}
