/** File routes in Fresh's conventions: which URL each file of `routes/` answers, and in which order they are asked. */

import type { Hono } from "hono";
import type { RequestContext, Scope } from "./context.ts";
import type { Endpoint, EndpointSpec, MountedEndpoint } from "./endpoint.ts";
import type { Env } from "./env.ts";
import { knowIslands } from "./islands.tsx";
import { assertMay } from "./middleware/scopes.ts";
import {
  type LayoutComponent,
  type LazyRoute,
  type Method,
  METHODS,
  type PageComponent,
  PageData,
  type Params,
  type RouteManifest,
  type RouteMiddleware,
  type RouteModule,
} from "./page.ts";
import { ProblemError } from "./problem.ts";
import type { LayoutSpec, Pages } from "./render.tsx";

/** `/runs/[id]/index.tsx` → `/runs/:id`; `[...rest]` → `:rest{.+}`; `(group)` is left out. */
export function routePath(file: string): string {
  const path = file.replace(/\.tsx?$/, "").replace(/\/index$/, "").replace(/\/\([^/]+\)/g, "")
    .replace(/\[\.\.\.(\w+)\]/g, ":$1{.+}").replace(/\[(\w+)\]/g, ":$1");
  return path === "" ? "/" : path;
}

/** As OpenAPI writes it: `/runs/{id}`. */
function openApiPath(path: string): string {
  return path.replace(/:(\w+)(?:\{\.\+\})?/g, "{$1}");
}

/** Sorts fixed segments before `[id]` before `[...rest]`. */
function rank(path: string): string {
  return path.replace(/:\w+\{\.\+\}/g, "\uffff").replace(/:\w+/g, "\ufffe");
}

/** Every endpoint of the manifest, once: of several paths that lead to it, at the shortest. Loads all that is not there yet. */
export async function endpointsOf({ routes, lazy = {} }: RouteManifest): Promise<MountedEndpoint[]> {
  const later = await Promise.all(Object.entries(lazy).map(async ([file, of]) => [file, await of.load()] as const));
  const all = routesInOrder({ ...routes, ...Object.fromEntries(later) }).flatMap(({ path, module }) =>
    METHODS.flatMap((method) => {
      const spec = module[method]?.spec;
      return spec === undefined ? [] : [{ method, path: openApiPath(path), spec }];
    })
  );
  const shortest = new Map<EndpointSpec, string>();
  for (const { path, spec } of all) {
    if (path.length < (shortest.get(spec)?.length ?? Infinity)) shortest.set(spec, path);
  }
  return all.filter(({ path, spec }) => shortest.get(spec) === path);
}

/** Has `hono` answer what the files of `routes/` answer. */
export function mountRoutes(hono: Hono<Env>, manifest: RouteManifest, pages: Pages): void {
  const { routes, lazy = {} } = manifest;
  for (const [folder, module] of special(routes, "_middleware")) {
    const act = module.default as RouteMiddleware;
    hono.use(`${routePath(`${folder}/index`).replace(/\/$/, "")}/*`, async (c, next) => {
      const answer = await act(c.get("context"), async () => {
        await next();
        return c.res;
      });
      if (answer === c.res) return;
      // Else Hono would give it the headers of the one before.
      c.res = undefined;
      c.res = answer;
    });
  }
  const layouts = special(routes, "_layout").reverse();
  const answersOf = (file: string, module: RouteModule): Answers => {
    const around = layouts.filter(([folder]) => file.startsWith(`${folder}/`)).map(([, layout]) => layout);
    return { ...apiAnswers(module), ...pageAnswers(module, around, pages) };
  };
  for (const { file, path, module } of routesInOrder<RouteModule | LazyRoute>({ ...routes, ...lazy })) {
    const find = Object.hasOwn(lazy, file)
      ? once(async () => answersOf(file, await loaded(module as LazyRoute)))
      : once(() => answersOf(file, module as RouteModule));
    const isOfRun = /^\/(api\/simulations|simulation)\/:id/.test(path);
    hono.all(path, async (c) => {
      const context = c.get("context");
      const params: Params = c.req.param();
      if (isOfRun) context.note({ run_id: params.id!.slice(0, 300) });
      const answers = await find();
      const { method } = c.req;
      const answer = answers[(method === "HEAD" ? "GET" : method) as Method];
      return answer === undefined ? otherMethod(method, answers) : await answer(context, params);
    });
  }
}

/** The file's module; its islands are known then. */
async function loaded({ load, islands = {} }: LazyRoute): Promise<RouteModule> {
  const [module, ...known] = await Promise.all([
    load(),
    ...Object.entries(islands).map(async ([file, of]) => [file, await of()] as const),
  ]);
  knowIslands(Object.fromEntries(known));
  return module;
}

/** Makes it at the first call. */
function once<T extends object>(make: () => T): () => T {
  let made: T | undefined;
  return () => made ??= make();
}

/** The answer to OPTIONS. @throws {ProblemError} 405 `method_not_allowed` for others */
function otherMethod(method: string, answers: Answers): Response {
  const allow = [...Object.keys(answers), ...("GET" in answers ? ["HEAD"] : []), "OPTIONS"].join(", ");
  if (method === "OPTIONS") return new Response(null, { status: 204, headers: { allow } });
  throw new ProblemError(405, "method_not_allowed", `${method} is not possible here`, {
    hint: `possible: ${allow}`,
    headers: { allow },
  });
}

type Answers = { [method in Method]?: (context: RequestContext, params: Params) => Response | Promise<Response> };

function apiAnswers(module: RouteModule): Answers {
  const answers: Answers = {};
  for (const method of METHODS) {
    const endpoint: Endpoint | undefined = module[method];
    if (endpoint === undefined) continue;
    answers[method] = (context, params) => {
      assertMay(context.principal, endpoint.spec.scope);
      return endpoint.respond(context, params);
    };
  }
  return answers;
}

/** @param layouts innermost first */
function pageAnswers(module: RouteModule, layouts: readonly RouteModule[], pages: Pages): Answers {
  const answers: Answers = {};
  const component = module.default as PageComponent | undefined;
  const styles = stylesOf([...layouts.toReversed(), module]);
  for (const method of ["GET", "POST"] as const) {
    const handler = module.handler?.[method] ??
      (method === "GET" && component ? () => new PageData(undefined) : null);
    if (handler === null) continue;
    const scope = module.scope === undefined ? SCOPE_OF[method] : module.scope;
    answers[method] = async (context, params) => {
      assertMay(context.principal, scope);
      const found = await handler(context, params);
      if (found instanceof Response) return found;
      if (component === undefined) throw new TypeError("a page file needs a default component to show data with");
      const { data, status, headers } = found;
      const around = await Promise.all(layouts.map((layout) => filled(layout, context)));
      const props = { context, params, data };
      const title = typeof module.title === "function" ? module.title(props) : module.title ?? "";
      const same = sameOf([found.same, ...around.map((layout) => layout.same)]);
      return pages.answer({ component, props, layouts: around, title, styles, status, headers, same });
    };
  }
  return answers;
}

/** A layout with what it shows; what has nothing to load is the same for the same visitor. */
async function filled(layout: RouteModule, context: RequestContext): Promise<LayoutSpec & { same: string | null }> {
  const component = layout.default as LayoutComponent;
  if (layout.load === undefined) return { component, data: null, same: "" };
  const { data, same } = await layout.load(context);
  return { component, data, same };
}

/** All of them; null where one is never the same. */
function sameOf(parts: readonly (string | null)[]): string | null {
  return parts.includes(null) ? null : parts.join("\n\n");
}

/** Stylesheets of all these, each once. */
export function stylesOf(modules: readonly RouteModule[]): readonly string[] {
  return [...new Set(modules.flatMap(({ styles = [] }) => styles))];
}

const SCOPE_OF: Readonly<Record<"GET" | "POST", Scope>> = { GET: "read", POST: "run" };

/** Files of this name with their folders, the outermost first. */
function special(routes: RouteManifest["routes"], name: string): [folder: string, module: RouteModule][] {
  return Object.entries(routes).flatMap(([file, module]): [string, RouteModule][] => {
    const [, folder] = new RegExp(`^(.*)/${name}\\.tsx?$`).exec(file) ?? [];
    return folder === undefined ? [] : [[folder, module]];
  }).sort(([a], [b]) => a.length - b.length);
}

function routesInOrder<M>(routes: { readonly [file: string]: M }): { file: string; path: string; module: M }[] {
  return Object.entries(routes)
    .filter(([file]) => !/\/_[^/]+$/.test(file))
    .map(([file, module]) => ({ file, path: routePath(file), module }))
    .sort((a, b) => rank(a.path) < rank(b.path) ? -1 : 1);
}
