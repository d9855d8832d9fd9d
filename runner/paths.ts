/** Paths of this machine. */

import { fileURLToPath } from "node:url";
import { join } from "node:path";

/** The path that a `file:` URL stands for, without a trailing separator. */
export function fromFileUrl(url: URL): string {
  const path = fileURLToPath(url);
  return path.length > 1 && /[/\\]$/.test(path) ? path.slice(0, -1) : path;
}

/** Root of this repository (or of the executable's embedded files). */
export const ROOT: string = fromFileUrl(new URL("../", import.meta.url));

/** Where Deno caches packages; a sandbox process, which has no environment, is told. */
export function denoDir(): string {
  const env = (name: string) => Deno.env.get(name) || undefined;
  const given = env("DENO_DIR");
  if (given !== undefined) return given;
  switch (Deno.build.os) {
    case "darwin":
      return join(env("HOME") ?? "", "Library", "Caches", "deno");
    case "windows":
      return join(env("LOCALAPPDATA") ?? "", "deno");
    default:
      return join(env("XDG_CACHE_HOME") ?? join(env("HOME") ?? "", ".cache"), "deno");
  }
}
