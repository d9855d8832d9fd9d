/** @jsxRuntime automatic */
/** @jsxImportSource preact */
/**
 * Islands: components that also live in the browser. Whatever of `islands/` stands in a page is found when the page is
 * rendered; pages use it like any other component.
 */

import { type ComponentType, createContext, h, options, type VNode } from "preact";
import { useContext } from "preact/hooks";
import { renderToString } from "preact-render-to-string";
import type { Wire } from "./client/props.ts";
import { encodeProps, type SignalIds } from "./island_props.ts";
import type { IslandModules } from "./page.ts";

/** A page's content, and the islands in it. */
export interface RenderedBody {
  readonly html: string;
  /** Names of the islands, each once. */
  readonly islands: readonly string[];
  /** Props of every island in the page, in the order in which they stand in it. */
  readonly props: readonly { readonly [name: string]: Wire }[];
}

/** Renders a page's content. @throws {SimError} `island_props` when an island is given what cannot be sent */
export function renderBody(content: VNode): RenderedBody {
  const found: Found = { islands: new Set(), props: [], signals: new Map() };
  const html = renderToString(<Page.Provider value={found}>{content}</Page.Provider>);
  return { html, islands: [...found.islands], props: found.props };
}

/** Has all components of these modules found. Modules by their path below `islands/`: `/run/view.tsx`. */
export function knowIslands(modules: IslandModules): void {
  for (const [file, module] of Object.entries(modules)) {
    for (const [part, component] of Object.entries(module)) {
      if (typeof component !== "function" || known.has(component)) continue;
      known.set(component, islandOf(islandName(file), part, component as ComponentType));
    }
  }
}

/** `/run/view.tsx` → `run/view`. */
export function islandName(file: string): string {
  return file.replace(/^\//, "").replace(/\.tsx$/, "");
}

/** What has been found in the page that is rendered. */
interface Found {
  readonly islands: Set<string>;
  readonly props: { readonly [name: string]: Wire }[];
  readonly signals: SignalIds;
}

/** The page that is rendered; null inside an island, which brings to life what is in it. */
const Page = createContext<Found | null>(null);

/** What stands in the page for a component. */
const known = new WeakMap<object, ComponentType<Record<string, unknown>>>();

/** Preact calls this for every element: the one way to find components that do not know of it. */
const before = options.vnode;
options.vnode = (element) => {
  const island = typeof element.type === "function" ? known.get(element.type) : undefined;
  if (island !== undefined) (element as { type: unknown }).type = island;
  before?.(element);
};

function islandOf(name: string, part: string, component: ComponentType): ComponentType<Record<string, unknown>> {
  return function Island(props) {
    const page = useContext(Page);
    const inner = h(component, props);
    // It was exchanged like all others.
    (inner as { type: unknown }).type = component;
    if (page === null) return inner;
    const place = page.props.length;
    // Numbers for `useId` of its own, as in the browser.
    (inner as { __m?: [number, number] }).__m = [place + 1, 0];
    page.islands.add(name);
    page.props.push(encodeProps(name, props, page.signals));
    return (
      <Page.Provider value={null}>
        {h(
          "fresh-island",
          {
            "data-island": name,
            "data-part": part === "default" ? undefined : part,
            "data-place": place,
            style: "display:contents",
          },
          inner,
        )}
      </Page.Provider>
    );
  };
}
