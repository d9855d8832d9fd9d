/** What a page file under `routes/` exports, in Fresh's conventions. */

import type { ComponentChildren, ComponentType } from "preact";
import type { RequestContext, Scope } from "./context.ts";
import type { Endpoint } from "./endpoint.ts";
import type { Problem } from "./problem.ts";

/** Path parameters. */
export type Params = Readonly<Record<string, string>>;

/** What a page's component is given. */
export interface PageProps<Data = undefined> {
  readonly context: RequestContext;
  readonly params: Params;
  readonly data: Data;
}

/** How a page is answered. */
export interface PageOptions {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /**
   * All that the page is made of, beside its address and who asks, as a text: for a second it may be shown again to whom
   * the same is to be shown. Such a page has no nonce in it, and no time that is exact to the second.
   */
  readonly same?: string;
}

/** What a page shows, as its handler has found it. */
export class PageData<Data> {
  readonly data: Data;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly same: string | null;

  constructor(data: Data, { status = 200, headers = {}, same }: PageOptions = {}) {
    this.data = data;
    this.status = status;
    this.headers = headers;
    this.same = same ?? null;
  }
}

/** Has the page shown with this data. */
export function page<Data>(data: Data, options: PageOptions = {}): PageData<Data> {
  return new PageData(data, options);
}

/** What a page shows, or a response of its own. */
export type PageAnswer<Data> = PageData<Data> | Response | Promise<PageData<Data> | Response>;

/** A page's answers by method; `params` has what its file's name says: `{ id }` for `[id].tsx`. */
export interface PageHandlers<Data> {
  GET?(context: RequestContext, params: Params): PageAnswer<Data>;
  POST?(context: RequestContext, params: Params): PageAnswer<Data>;
}

/** What a layout is given; `data` is what its `load` has found, null without one. */
export interface LayoutProps<Data = null> {
  readonly context: RequestContext;
  readonly data: Data;
  readonly title: string;
  readonly children: ComponentChildren;
}

/** Does something before or after the routes below its folder. */
export type RouteMiddleware = (context: RequestContext, next: () => Promise<Response>) => Promise<Response>;

/** Methods that an API file may export. */
export const METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"] as const;
/** A method that an API file may export. */
export type Method = typeof METHODS[number];

/** What a file under `routes/` exports. */
export interface RouteModule extends Partial<Record<Method, Endpoint>> {
  /** Component of a page or of a `_layout`, or a `_middleware`. */
  readonly default?: unknown;
  // deno-lint-ignore no-explicit-any -- what a page's handler finds is between it and its component
  readonly handler?: PageHandlers<any>;
  // deno-lint-ignore no-explicit-any -- likewise
  readonly title?: string | ((props: PageProps<any>) => string);
  /** Of a layout: finds what it shows around a page. Its `same` counts like that of a page. */
  readonly load?: (context: RequestContext) => Promise<PageData<unknown>>;
  /** Of a page, a `_layout` or `_error`: stylesheets below `static/`, in the order in which they count: `["app.css"]`. */
  readonly styles?: readonly string[];
  /** What a page's visitor must be allowed; null: anybody may come. Default: GET `read`, POST `run`. */
  readonly scope?: Scope | null;
}

/** Modules of `islands/` by their path below it: `/counter.tsx`. */
export type IslandModules = { readonly [file: string]: { readonly [part: string]: unknown } };

/** A file that is loaded when somebody asks for what it answers: a server that starts does not wait for it. */
export interface LazyRoute {
  load(): Promise<RouteModule>;
  /** Of a page: loads the islands that it may have in it. */
  readonly islands?: { readonly [file: string]: () => Promise<IslandModules[string]> };
}

/** All files of `routes/`, `islands/` and `static/`: `deno task routes` writes it. */
export interface RouteManifest {
  /** Modules by their path below `routes/`: `/_layout.tsx`. */
  readonly routes: { readonly [file: string]: RouteModule };
  /** Further files below `routes/`: `/runs/[id].tsx`. Default: none. */
  readonly lazy?: { readonly [file: string]: LazyRoute };
  /** Islands that the modules of `routes` may have in them. Default: none. */
  readonly islands?: IslandModules;
  /** Contents of static files by their path below `static/`: `/app.css`. */
  readonly statics: { readonly [file: string]: Uint8Array<ArrayBuffer> };
}

/** The component of a page. */
// deno-lint-ignore no-explicit-any -- as above
export type PageComponent = ComponentType<PageProps<any>>;
/** The component of `_error.tsx`. */
export type ErrorComponent = ComponentType<PageProps<Problem>>;
/** The component of a layout. */
// deno-lint-ignore no-explicit-any -- as above
export type LayoutComponent = ComponentType<LayoutProps<any>>;
