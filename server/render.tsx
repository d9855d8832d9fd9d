/** @jsxImportSource preact */
/** Pages, rendered on the server. */

import type { ComponentChildren, VNode } from "preact";
import { renderToString } from "preact-render-to-string";
import type { LayoutComponent, PageComponent, PageProps } from "./page.ts";

/** A page to be rendered. */
export interface PageSpec {
  readonly component: PageComponent;
  readonly props: PageProps<unknown>;
  /** Innermost first. */
  readonly layouts: readonly LayoutComponent[];
  readonly title: string;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
}

/** The page as a response. What is not its own, it may not keep: pages are about what is now. */
export function renderPage({ component, props, layouts, title, status, headers }: PageSpec): Response {
  const Page = component;
  const inner = layouts.reduce<ComponentChildren>(
    (children, Layout) => <Layout context={props.context} title={title}>{children}</Layout>,
    <Page {...props} />,
  );
  const html = renderToString(<Document title={title}>{inner}</Document>);
  return new Response(`<!doctype html>${html}`, {
    status,
    headers: { "content-type": "text/html; charset=utf-8", "cache-control": "no-store", ...headers },
  });
}

/** A part of a page as HTML, for what is made once and shown often. */
export function renderHtml(part: VNode): string {
  return renderToString(part);
}

function Document({ title, children }: { readonly title: string; readonly children: ComponentChildren }): VNode {
  return (
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>{title === "" ? "llm-sim" : `${title} - llm-sim`}</title>
        <link rel="icon" href="/static/icon.svg" type="image/svg+xml" />
        <link rel="stylesheet" href="/static/app.css" />
      </head>
      <body>{children}</body>
    </html>
  );
}
