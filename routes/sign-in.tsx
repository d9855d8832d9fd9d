/** @jsxImportSource preact */
/** `/sign-in`: a key, once, for a session that lasts half a day. */

import type { VNode } from "preact";
import {
  localPath,
  page,
  type PageProps,
  type Problem,
  ProblemError,
  problemOf,
  readForm,
  type RequestContext,
} from "../server/mod.ts";
import { ProblemBox } from "./_parts/problem_box.tsx";

interface Data {
  readonly next: string;
  readonly problem: Problem | null;
}

export const title = "Sign in";
/** Anybody may knock. */
export const scope = null;

/** Bytes of the form: a key and a path. */
const FORM_LIMIT = 8192;

export const handler = {
  GET({ url, sessions, principal }: RequestContext) {
    const next = localPath(url.searchParams.get("next"));
    if (principal !== null || !sessions.needed) return redirect(next);
    return page<Data>({ next, problem: null });
  },

  async POST(context: RequestContext) {
    const fields = await readForm(context.request, FORM_LIMIT);
    const next = localPath(fields.get("next") ?? null);
    if (!context.sessions.needed) return redirect(next);
    try {
      const { cookie, principal } = context.sessions.begin((fields.get("key") ?? "").trim(), context.address);
      context.note({ signed_in: principal.id });
      return redirect(next, { "set-cookie": cookie });
    } catch (error) {
      if (!(error instanceof ProblemError)) throw error;
      const problem = problemOf(error, context.url.pathname, context.requestId);
      return page<Data>({ next, problem }, { status: problem.status, headers: error.headers });
    }
  },
};

export default function SignIn({ data: { next, problem } }: PageProps<Data>): VNode {
  return (
    <main class="narrow">
      <h1>Sign in</h1>
      {problem !== null && <ProblemBox problem={problem} />}
      <form class="box" method="post" action="/sign-in">
        <input type="hidden" name="next" value={next} />
        <label>
          Key
          <input type="password" name="key" required autofocus autocomplete="current-password" maxLength={512} />
        </label>
        <button class="first" type="submit">Sign in</button>
        {next !== "/" && (
          <p class="quiet">
            It leads on to <code>{next.slice(0, 200)}</code>
          </p>
        )}
        <p class="quiet">
          <code>deno task keys create NAME</code> makes a key where the server runs.
        </p>
      </form>
    </main>
  );
}

function redirect(location: string, headers: Readonly<Record<string, string>> = {}): Response {
  return new Response(null, { status: 303, headers: { location, ...headers } });
}
