/** @jsxRuntime automatic */
/** @jsxImportSource preact */
/** `/scenarios/{domain}/{file}`: what a scenario file says, and what can be begun with it. */

import type { VNode } from "preact";
import { kindOfText, mayDo, page, type PageProps, type RequestContext, scenarioFileText } from "../../../server/mod.ts";

interface Data {
  readonly repo: string;
  readonly config: string;
  readonly text: string;
}

export const title = ({ data }: PageProps<Data>): string => `${data.repo}/${data.config}`;

export const handler = {
  async GET({ app }: RequestContext, { repo, config }: { readonly repo: string; readonly config: string }) {
    return page<Data>({ repo, config, text: await scenarioFileText(app, repo, config) });
  },
};

export default function Scenario({ context: { principal }, data: { repo, config, text } }: PageProps<Data>): VNode {
  const name = `${repo}/${config}`;
  const kind = kindOfText(text);
  return (
    <main>
      <div class="title-row">
        <h1>{config}</h1>
        <span class="quiet">
          {kind} of <a href={`/domains/${encodeURIComponent(repo)}`}>{repo}</a>
        </span>
      </div>
      <div class="actions above">
        {mayDo(principal, "edit") && (
          <form method="post" action="/">
            <button class="first" type="submit" name="scenario" value={name}>New notebook from it</button>
          </form>
        )}
        {mayDo(principal, "run") && kind === "scenario" && (
          <form method="post" action="/runs">
            <button type="submit" name="scenario" value={name}>Start a run</button>
          </form>
        )}
      </div>
      <pre class="source" tabIndex={0} aria-label={name}>{text}</pre>
    </main>
  );
}
