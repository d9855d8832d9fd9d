/** Brings the islands of a page to life: the script that is built starts with it, and has all of them. */

import { type ComponentType, h, hydrate } from "preact";
import { propsOf, type Signals, type Wire } from "./props.ts";

/** What the server says of a page's islands. */
export interface PageData {
  /** Props of each island, in the order in which they stand in the page. */
  readonly props: readonly { readonly [name: string]: Wire }[];
}

/** A module of islands: its components by their names. */
export type IslandModule = Readonly<Record<string, unknown>>;

/** Id of the element that holds the {@linkcode PageData}. */
const DATA_ID = "page-islands";

/** Brings them to life. @param islands modules of all that a page may have, by their names */
export function boot(islands: Readonly<Record<string, IslandModule>>): void {
  const text = document.getElementById(DATA_ID)!.textContent!;
  const { props }: PageData = JSON.parse(text);
  // What says nothing that JSON cannot say is as it is: thousands of rows need not be gone through.
  const isPlain = !text.includes('"$":');
  const signals: Signals = new Map();
  const elements = [...document.querySelectorAll<HTMLElement>("fresh-island[data-place]")];
  // All at once: who shares a signal shares it, whoever comes to life first.
  const given = elements.map(({ dataset }): Readonly<Record<string, unknown>> => {
    const own = props[Number(dataset.place)]!;
    return isPlain ? own : propsOf(own, signals);
  });
  for (const [i, element] of elements.entries()) {
    const { island = "", part = "default", place } = element.dataset;
    try {
      hydrate(rooted(h(islands[island]![part] as ComponentType, given[i]!), Number(place)), element);
      element.dataset.ready = "";
    } catch (error) {
      element.dataset.failed = "";
      reportError(new Error(`the island ${island} could not be started: ${error}`, { cause: error }));
      drawAgain(element).catch(reportError);
    }
  }
}

/** Shows what the server has drawn, which Preact has taken away. */
async function drawAgain(element: HTMLElement): Promise<void> {
  const html = await (await fetch(location.href)).text();
  const place = `fresh-island[data-place="${element.dataset.place}"]`;
  const drawn = new DOMParser().parseFromString(html, "text/html").querySelector(place);
  element.replaceChildren(...drawn?.childNodes ?? []);
}

/** The element with ids (`useId`) of its own, the same as on the server: `__m` is where Preact counts them. */
function rooted<V>(element: V, place: number): V {
  (element as { __m?: [number, number] }).__m = [place + 1, 0];
  return element;
}
