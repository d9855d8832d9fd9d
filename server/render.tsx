/** @jsxRuntime automatic */
/** @jsxImportSource preact */
/** Pages, rendered on the server: readable without scripts, and brought to life by them where there are islands. */

import type { ComponentChildren, VNode } from "preact";
import { renderToString } from "preact-render-to-string";
import type { PageData as IslandData } from "./client/boot.ts";
import { codingFor, encoded } from "./codings.ts";
import { renderBody, type RenderedBody } from "./islands.tsx";
import { LIVE_RELOAD } from "./live_reload.ts";
import type { LayoutComponent, PageComponent, PageProps } from "./page.ts";
import { RecentPages } from "./recent_pages.ts";
import type { BuiltStart, Scripts } from "./scripts.ts";
import type { Statics } from "./statics.ts";
import { type Theme, themeOf } from "./theme.ts";

/** A layout, and what it shows around a page. */
export interface LayoutSpec {
  readonly component: LayoutComponent;
  readonly data: unknown;
}

/** A page to be rendered. */
export interface PageSpec {
  readonly component: PageComponent;
  readonly props: PageProps<unknown>;
  /** Innermost first. */
  readonly layouts: readonly LayoutSpec[];
  readonly title: string;
  /** Stylesheets below `static/`. */
  readonly styles: readonly string[];
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** All that it is made of beside its address and who asks; null: it is made anew each time. */
  readonly same?: string | null;
}

/** What all pages have in common. */
export interface PagesOptions {
  /** Where stylesheets are. */
  readonly statics: Statics;
  /** Scripts of the islands; null: pages stay as the server has drawn them. */
  readonly scripts: Scripts | null;
  /** Whether pages reload when the server has changed. */
  readonly dev: boolean;
}

/** Characters from which on a page is compressed: what is shorter fits into one packet or two anyway. */
const LEAST_PACKED = 2000;

/** Makes pages. */
export class Pages {
  readonly #options: PagesOptions;
  readonly #recent = new RecentPages<RenderedBody>();

  constructor(options: PagesOptions) {
    this.#options = options;
  }

  /**
   * The page as a response. What is not its own, a browser may not keep: pages are about what is now.
   * @throws {SimError} `island_props`
   */
  answer(spec: PageSpec): Response {
    const { status, headers, same = null, props: { context } } = spec;
    const { principal, url, nonce, request } = context;
    const make = () => renderBody(contentOf(spec));
    const name = () => [principal?.id, principal?.via, status, url.pathname, url.search, same].join("\n");
    const body = same === null ? make() : this.#recent.get(name(), make);
    // The nonce of a page that is shown again is another one, and so its theme may be.
    const about = { title: spec.title, styles: spec.styles, body, nonce, theme: themeOf(request) };
    const html = renderToString(<Document {...this.#options} {...about} />);
    const coding = html.length < LEAST_PACKED ? "" : codingFor(request.headers.get("accept-encoding"));
    const all = {
      ...{ "content-type": "text/html; charset=utf-8", "cache-control": "no-store", "vary": "accept-encoding" },
      ...(coding !== "" && { "content-encoding": coding }),
      ...headers,
    };
    const text = `<!doctype html>${html}`;
    return new Response(coding === "" ? text : encoded(new TextEncoder().encode(text), coding, "quick"), {
      status,
      headers: all,
    });
  }
}

function contentOf({ component, props, layouts, title }: PageSpec): VNode {
  const Page = component;
  return layouts.reduce<VNode>(
    (children, { component: Layout, data }) => (
      <Layout context={props.context} data={data} title={title}>{children}</Layout>
    ),
    <Page {...props} />,
  );
}

interface DocumentProps extends PagesOptions {
  readonly title: string;
  readonly styles: readonly string[];
  readonly body: RenderedBody;
  readonly nonce: string;
  readonly theme: Theme;
}

function Document({ title, styles, body, nonce, theme, statics, scripts, dev }: DocumentProps): VNode {
  const lives = scripts !== null && body.islands.length > 0;
  const html = body.html + (lives ? islandData(body) : "");
  return (
    <html lang="en" data-theme={theme}>
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>{title === "" ? "llm-sim" : `${title} · llm-sim`}</title>
        <link rel="icon" href={statics.address("icon.svg")} type="image/svg+xml" />
        {styles.length > 0 && <link rel="stylesheet" href={statics.sheet(styles)} />}
        {lives && bootScripts(scripts.startOf(body.islands), scripts, nonce)}
        {dev && <script type="module" nonce={nonce} dangerouslySetInnerHTML={{ __html: LIVE_RELOAD }} />}
      </head>
      <body dangerouslySetInnerHTML={{ __html: html }} />
    </html>
  );
}

/** The script that starts islands, and all that it needs from the start, so that it is fetched at once. */
function bootScripts({ file, needs }: BuiltStart, scripts: Scripts, nonce: string): ComponentChildren {
  return (
    <>
      <script type="module" src={scripts.address(file)} nonce={nonce} />
      {needs.map((file) => <link key={file} rel="modulepreload" href={scripts.address(file)} nonce={nonce} />)}
    </>
  );
}

/** What the script is told: data, which browsers do not run. */
function islandData({ props }: RenderedBody): string {
  const data: IslandData = { props };
  // Else text in the props could end the element.
  const json = JSON.stringify(data).replaceAll("<", "\\u003c");
  return `<script type="application/json" id="page-islands">${json}</script>`;
}
