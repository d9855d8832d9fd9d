/** Changes of a space as data, for {@linkcode Space.apply}. */

import type { JsonObject } from "../json.ts";
import type { AttributePatch } from "./attributes.ts";

/** An edge of a network to be made: its ends, and its attributes if it has any. */
export type NewEdge =
  | readonly [from: string, to: string, attributes?: JsonObject]
  | { readonly from: string; readonly to: string; readonly attributes?: JsonObject };

/** What a network to be made is like. */
export interface NewNetwork {
  /** Whether its edges lead one way only. Default: both ways. */
  readonly directed?: boolean;
  /** Its edges. Default: none. */
  readonly edges?: Iterable<NewEdge>;
  /** What is known of it. Default: nothing. */
  readonly attributes?: JsonObject;
}

/** One change; each kind does what the method of {@linkcode Space} of that name does. */
export type SpaceChange =
  | { readonly kind: "move"; readonly agent: string; readonly to: string }
  | { readonly kind: "remove"; readonly agent: string }
  | { readonly kind: "set_attributes"; readonly location: string; readonly attributes: AttributePatch }
  | {
    readonly kind: "connect";
    readonly from: string;
    readonly to: string;
    readonly network?: string;
    readonly attributes?: AttributePatch;
  }
  | { readonly kind: "disconnect"; readonly from: string; readonly to: string; readonly network?: string }
  | { readonly kind: "create_network"; readonly name: string } & NewNetwork
  | { readonly kind: "remove_network"; readonly name: string };

/** The kinds of {@linkcode SpaceChange}. */
export const CHANGE_KINDS: readonly SpaceChange["kind"][] = [
  "move",
  "remove",
  "set_attributes",
  "connect",
  "disconnect",
  "create_network",
  "remove_network",
];
