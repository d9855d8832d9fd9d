/** @jsxImportSource preact */
/** Pages, rendered on the server. */

import type { ComponentChildren, VNode } from "preact";
import { renderToString } from "preact-render-to-string";
import type { LayoutComponent, PageComponent, PageProps } from "./page.ts";
import type { RecentPages } from "./recent_pages.ts";

/** A page to be rendered. */
export interface PageSpec {
  readonly component: PageComponent;
  readonly props: PageProps<unknown>;
  /** Innermost first. */
  readonly layouts: readonly LayoutComponent[];
  readonly title: string;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** All that it is made of beside its address and who asks; null: it is made anew each time. */
  readonly same?: string | null;
}

const encoder = new TextEncoder();

/** The page as a response. What is not its own, it may not keep: pages are about what is now. */
export function renderPage(spec: PageSpec, recent?: RecentPages): Response {
  const { status, headers, same = null, props: { context: { principal, url } } } = spec;
  const made = () => encoder.encode(`<!doctype html>${htmlOf(spec)}`);
  const name = () => [principal?.id, principal?.via, status, url.pathname, url.search, same].join("\n");
  return new Response(recent === undefined || same === null ? made() : recent.get(name(), made), {
    status,
    headers: { "content-type": "text/html; charset=utf-8", "cache-control": "no-store", ...headers },
  });
}

function htmlOf({ component, props, layouts, title }: PageSpec): string {
  const Page = component;
  const inner = layouts.reduce<ComponentChildren>(
    (children, Layout) => <Layout context={props.context} title={title}>{children}</Layout>,
    <Page {...props} />,
  );
  return renderToString(<Document title={title}>{inner}</Document>);
}

function Document({ title, children }: { readonly title: string; readonly children: ComponentChildren }): VNode {
  return (
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>{title === "" ? "llm-sim" : `${title} · llm-sim`}</title>
        <link rel="icon" href="/static/icon.svg" type="image/svg+xml" />
        <link rel="stylesheet" href="/static/app.css" />
      </head>
      <body>{children}</body>
    </html>
  );
}
