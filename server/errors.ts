/** What a client is told when something went wrong. */

import { stylesOf } from "./file_routes.ts";
import { localPath } from "./local_path.ts";
import type { ErrorComponent, RouteManifest } from "./page.ts";
import { ProblemError, problemOf, problemResponse } from "./problem.ts";
import type { Pages } from "./render.tsx";
import type { Context } from "./request_context.ts";

/**
 * The error as a problem; to a browser that asked for a page as a page, and where a key is missing as the way to the
 * sign-in. What nobody foresaw goes into the log.
 */
export function errorResponse(error: unknown, context: Context, { routes }: RouteManifest, pages: Pages): Response {
  const { pathname, search } = context.url;
  const problem = problemOf(error, pathname, context.requestId);
  if (problem.status >= 500) context.log.failure("request failed", error, { code: problem.code });
  const headers = error instanceof ProblemError ? error.headers : {};
  if (!context.wantsPage || /^\/(api|simulation)\//.test(pathname)) return problemResponse(problem, headers);
  if (problem.code === "no_key") {
    const next = context.mayChange ? cameFrom(context.request) : pathname + search;
    return new Response(null, { status: 303, headers: { location: `/sign-in?next=${encodeURIComponent(next)}` } });
  }
  const component = routes["/_error.tsx"]?.default as ErrorComponent | undefined;
  if (component === undefined) return problemResponse(problem, headers);
  return pages.answer({
    component,
    props: { context, params: {}, data: problem },
    layouts: [],
    title: problem.title,
    // A layout may need what is not known here; its looks are those of all pages.
    styles: stylesOf([routes["/_layout.tsx"] ?? {}, routes["/_error.tsx"] ?? {}]),
    status: problem.status,
    headers,
  });
}

/** The page that sent a form: it can be shown again, and what the form asked for is not done by itself. */
function cameFrom({ headers }: Request): string {
  const from = URL.parse(headers.get("referer") ?? "");
  return localPath(from === null ? null : from.pathname + from.search);
}
