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
import { themeOf } from "./theme.ts";

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

/** Bytes from which on a page is compressed: what is shorter fits into one packet or two anyway. */
const LEAST_PACKED = 2000;

/** Makes pages. */
export class Pages {
  readonly #options: PagesOptions;
  readonly #recent = new RecentPages<Rendered>();

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
    const make = () => this.#rendered(spec);
    const name = () =>
      [principal?.id, principal?.via, themeOf(request), status, url.pathname, url.search, same].join("\n");
    const { bytes, nonces } = same === null ? make() : this.#recent.get(name(), make);
    // What is answered is a copy.
    for (const at of nonces) encoder.encodeInto(nonce, bytes.subarray(at));
    const coding = bytes.length < LEAST_PACKED ? "" : codingFor(request.headers.get("accept-encoding"));
    const all = {
      ...{ "content-type": "text/html; charset=utf-8", "cache-control": "no-store", "vary": "accept-encoding" },
      ...(coding !== "" && { "content-encoding": coding }),
      ...headers,
    };
    return new Response(encoded(bytes, coding, "quick"), { status, headers: all });
  }

  #rendered(spec: PageSpec): Rendered {
    const { title, styles, props: { context: { nonce, request } } } = spec;
    const body = renderBody(contentOf(spec));
    const about = { ...this.#options, title, styles, islands: body.islands, nonce };
    const head = `<!doctype html><html lang="en" data-theme="${themeOf(request)}">${
      renderToString(<Head {...about} />)
    }`;
    const lives = this.#options.scripts !== null && body.islands.length > 0;
    const bytes = encoder.encode(`${head}<body>${body.html}${lives ? islandData(body) : ""}</body></html>`);
    const nonces: number[] = [];
    for (let at = head.indexOf(nonce); at >= 0; at = head.indexOf(nonce, at + 1)) {
      nonces.push(encoder.encode(head.slice(0, at)).length);
    }
    return { bytes, nonces };
  }
}

const encoder = new TextEncoder();

/** A page, and where in it the nonce stands: another one takes its place when it is shown again. */
interface Rendered {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly nonces: readonly number[];
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

interface HeadProps extends PagesOptions {
  readonly title: string;
  readonly styles: readonly string[];
  readonly islands: RenderedBody["islands"];
  readonly nonce: string;
}

function Head({ title, styles, islands, nonce, statics, scripts, dev }: HeadProps): VNode {
  return (
    <head>
      <meta charset="utf-8" />
      <meta name="viewport" content="width=device-width, initial-scale=1" />
      <meta name="color-scheme" content="light dark" />
      <title>{title === "" ? "llm-sim" : `${title} · llm-sim`}</title>
      <link rel="icon" href={statics.address("icon.svg")} type="image/svg+xml" />
      {styles.length > 0 && <link rel="stylesheet" href={statics.sheet(styles)} />}
      {scripts !== null && islands.length > 0 && bootScripts(scripts.startOf(islands), scripts, nonce)}
      {dev && <script type="module" nonce={nonce} dangerouslySetInnerHTML={{ __html: LIVE_RELOAD }} />}
    </head>
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
