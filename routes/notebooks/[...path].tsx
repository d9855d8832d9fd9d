/** @jsxRuntime automatic */
/** @jsxImportSource preact */
/** `/notebooks/{path}`: a notebook, to be read, edited and run. */

import type { VNode } from "preact";
import { SimError } from "../../framework/mod.ts";
import Notebook from "../../islands/notebook.tsx";
import type { NotebookView } from "../../runner/mod.ts";
import { mayDo, page, type PageProps, type RequestContext } from "../../server/mod.ts";

export const styles = ["notebook.css"];

interface Data {
  readonly path: string;
  /** Null: there is no such notebook. */
  readonly view: NotebookView | null;
  readonly present: boolean;
}

export const title = ({ data: { path, view } }: PageProps<Data>): string => view?.title || path;

/** Names in the query that are no inputs. */
const RESERVED = new Set(["view"]);

export const handler = {
  async GET({ app, url }: RequestContext, { path: written }: { readonly path: string }) {
    const path = decoded(written);
    const set = Object.fromEntries([...url.searchParams].filter(([name]) => !RESERVED.has(name)));
    const present = url.searchParams.get("view") === "present";
    try {
      return page<Data>({ path, view: await app.notebooks.view(path, { set }), present });
    } catch (error) {
      if (!(error instanceof SimError) || error.code !== "unknown_notebook") throw error;
      return page<Data>({ path, view: null, present }, { status: 404 });
    }
  },
};

/** The path as it is on disk. What is no encoding of anything is taken as it is. */
function decoded(written: string): string {
  try {
    return decodeURIComponent(written);
  } catch {
    return written;
  }
}

export default function NotebookPage({ context, data: { path, view, present } }: PageProps<Data>): VNode {
  if (view === null) return <Missing path={path} mayCreate={mayDo(context.principal, "edit")} />;
  const { principal } = context;
  return (
    <Notebook view={view} present={present} may={{ edit: mayDo(principal, "edit"), run: mayDo(principal, "run") }} />
  );
}

function Missing({ path, mayCreate }: { readonly path: string; readonly mayCreate: boolean }): VNode {
  return (
    <main>
      <h1>There is no notebook {path}</h1>
      <p>It may have been renamed or deleted.</p>
      {mayCreate && (
        <form method="post" action="/notebooks" class="actions">
          <input type="hidden" name="path" value={path} />
          <button type="submit" class="first">Create it</button>
        </form>
      )}
      <p>
        <a href="/">All notebooks</a>
      </p>
    </main>
  );
}
