/** @jsxRuntime automatic */
/** @jsxImportSource preact */
/**
 * The shell around every page: bar, tree, content, running work, notes.
 *
 * A page is one `<main>`. One that has something at the right is a grid of both, which it draws itself (or its island does):
 * `<div class="page"><main class="content">…</main><Panel label="…">…</Panel></div>`, with `Panel` of
 * `islands/_parts/shell/panel.tsx`.
 */

import type { VNode } from "preact";
import { notebookUrl, runUrl, scenarioUrl } from "../islands/_parts/shell/tree_model.ts";
import { type ShellState, STATE_COOKIE, stateOf } from "../islands/_parts/shell/state.ts";
import Palette from "../islands/palette.tsx";
import ShellTree from "../islands/shell_tree.tsx";
import ThemeSwitch from "../islands/theme_switch.tsx";
import Toasts from "../islands/toasts.tsx";
import { TreeEdge, TreeToggle } from "../islands/tree_controls.tsx";
import WorkStrip from "../islands/work_strip.tsx";
import { batchesNow, type WorkNow } from "./_parts/work.ts";
import {
  cookieOf,
  type LayoutProps,
  mayDo,
  page,
  recentTree,
  type RequestContext,
  type Theme,
  themeOf,
  type Tree,
} from "../server/mod.ts";
import { ShellIcon } from "../islands/_parts/shell/shell_icons.tsx";

export const styles = ["tokens.css", "base.css", "shell.css", "parts.css"];

interface Shell {
  /** Null: nobody has signed in. */
  readonly tree: Tree | null;
  readonly state: ShellState;
  readonly theme: Theme;
  readonly work: WorkNow;
}

const NOTHING: WorkNow = { batches: [], inBatches: [] };

export async function load(context: RequestContext) {
  const { request, principal, url: { pathname } } = context;
  const theme = themeOf(request);
  const cookie = cookieOf(request, STATE_COOKIE);
  const state = stateOf(cookie);
  if (!mayDo(principal, "read")) return page<Shell>({ tree: null, state, theme, work: NOTHING }, { same: theme });
  // What was made a moment ago, and is looked at now, has to be in it.
  const { tree, text } = await recentTree(context, (known) => isIn(known, pathname));
  const work = await batchesNow(context.app, tree.runs);
  return page<Shell>({ tree, state, theme, work }, { same: [theme, cookie, text, JSON.stringify(work)].join("\n") });
}

function isIn({ notebooks, scenarios, runs }: Tree, pathname: string): boolean {
  if (pathname.startsWith("/notebooks/")) return notebooks.some(({ path }) => notebookUrl(path) === pathname);
  if (/^\/scenarios\/[^/]+\//.test(pathname)) {
    return scenarios.some(({ repo, config }) => scenarioUrl(repo, config) === pathname);
  }
  return !pathname.startsWith("/runs/") || runs.some(({ run_id }) => runUrl(run_id) === pathname);
}

export default function Layout({ context, data, children }: LayoutProps<Shell>): VNode {
  const { tree, state, theme, work } = data;
  const { principal, url: { pathname, search } } = context;
  const mayEdit = mayDo(principal, "edit");
  return (
    <>
      <a class="skip" href="#content">Skip to content</a>
      <header class="bar">
        {tree !== null && <TreeToggle hidden={state.hidden} />}
        {tree !== null && (
          <button class="quiet icon only-narrow" type="button" popovertarget="tree" aria-label="Tree">
            <ShellIcon name="menu" />
          </button>
        )}
        <a class="brand" href="/">llm-sim</a>
        {tree === null ? <span class="bar-links" /> : (
          <nav class="bar-links" aria-label="Main">
            <BarLink href="/" here={pathname}>Home</BarLink>
            <BarLink href="/scenarios" here={pathname}>Scenarios</BarLink>
            <BarLink href="/runs" here={pathname}>Runs</BarLink>
            <BarLink href="/batches" here={pathname}>Batches</BarLink>
            <BarLink href="/domains" here={pathname}>Domains</BarLink>
            {context.features.simulatedUserMode && (
              <BarLink href="/conversations" here={pathname}>Conversations</BarLink>
            )}
            <BarLink href="/docs" here={pathname}>API</BarLink>
          </nav>
        )}
        {tree !== null && <Palette mayEdit={mayEdit} hasConversations={context.features.simulatedUserMode} />}
        <ThemeSwitch theme={theme} back={pathname + search} />
        {tree !== null && (
          <a
            class="button quiet icon"
            href="/settings"
            aria-label="Settings"
            title="Settings"
            {...(pathname === "/settings" && { "aria-current": "page" as const })}
          >
            <ShellIcon name="settings" />
          </a>
        )}
        {principal?.via === "session" && (
          <form class="session" method="post" action="/sign-out">
            <span class="session-name">{principal.name}</span>
            <button class="quiet" type="submit">Sign out</button>
          </form>
        )}
      </header>
      <div class="shell" {...(state.hidden && { "data-tree": "hidden" })} style={`--tree:${state.width}px`}>
        {tree !== null && (
          <nav class="tree-pane" id="tree" popover="auto" aria-label="Files and runs">
            <ShellTree tree={tree} state={state} here={pathname} mayEdit={mayEdit} now={Date.now()} />
            <TreeEdge width={state.width} />
          </nav>
        )}
        <div class="slot" id="content" tabIndex={-1}>{children}</div>
      </div>
      {tree !== null && <WorkStrip runs={tree.runs} {...work} mayRun={mayDo(principal, "run")} />}
      <Toasts />
    </>
  );
}

interface BarLinkProps {
  readonly href: string;
  readonly here: string;
  readonly children: string;
}

function BarLink({ href, here, children }: BarLinkProps): VNode {
  const isHere = href === "/" ? here === "/" : here.startsWith(href);
  return <a href={href} {...(isHere && { "aria-current": "page" as const })}>{children}</a>;
}
