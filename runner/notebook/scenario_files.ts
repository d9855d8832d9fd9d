/** Which file a page means by the name of a scenario. Pages come from anywhere: no other file than a scenario is looked into. */

import { dirname, isAbsolute, join, relative, resolve, sep as SEPARATOR } from "node:path";
import { didYouMean, SimError } from "../../framework/mod.ts";
import { ROOT } from "../paths.ts";

/** Where scenarios of pages may lie. */
export interface ScenarioPlaces {
  /** Folders of the domains. */
  readonly domains: readonly string[];
  /** Folder of the notebooks. */
  readonly notebooks: string;
}

/**
 * The file of a scenario: from the current folder or the project's root, below `scenarios/`, or beside the page.
 * @param page path of the page below the folder of notebooks
 * @throws {SimError} `missing_file`, `file_outside`
 */
export function findScenario(reference: string, page: string, { domains, notebooks }: ScenarioPlaces): string {
  const bases = [
    Deno.cwd(),
    ROOT,
    join(Deno.cwd(), "scenarios"),
    join(ROOT, "scenarios"),
    dirname(join(notebooks, page)),
  ];
  const roots = [join(Deno.cwd(), "scenarios"), join(ROOT, "scenarios"), notebooks, ...domains]
    .flatMap((root) => realPath(root) ?? []);
  const candidates = isAbsolute(reference) ? [reference] : bases.map((base) => resolve(base, reference));
  let outside = false;
  for (const candidate of candidates) {
    const real = realPath(candidate);
    if (real === null) continue;
    if (!/\.(ya?ml|json)$/i.test(real) || !roots.some((root) => real.startsWith(root + SEPARATOR))) outside = true;
    else if (Deno.statSync(real).isFile) return shown(candidate);
  }
  if (outside) {
    throw new SimError("file_outside", `'${reference}' is no scenario that a page may read`, {
      hint: "scenarios lie below scenarios/, in the folder of a domain, or beside the page, and end in .yaml",
    });
  }
  throw new SimError("missing_file", `there is no scenario '${reference}'`, { hint: near(reference, roots) });
}

function near(reference: string, roots: readonly string[]): string {
  const below = reference.replace(/^(\.\/)?scenarios\//, "");
  const folder = dirname(below);
  const found = roots.flatMap((root) =>
    names(join(root, folder)).filter((name) => /\.ya?ml$/.test(name)).map((name) => join("scenarios", folder, name))
  );
  return found.length === 0 ? "name it from the project's root: scenarios/economic/growth.yaml" : didYouMean(
    join("scenarios", below),
    new Set(found),
  );
}

function names(folder: string): string[] {
  try {
    return [...Deno.readDirSync(folder)].map(({ name }) => name).sort();
  } catch {
    // Not there: nothing is near.
    return [];
  }
}

/** A path as somebody in the current folder would write it. */
function shown(path: string): string {
  const below = relative(Deno.cwd(), path);
  return below !== "" && !isAbsolute(below) && below.split(/[/\\]/)[0] !== ".." ? below : path;
}

function realPath(path: string): string | null {
  try {
    return Deno.realPathSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory) return null;
    throw error;
  }
}
