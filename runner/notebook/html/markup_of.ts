/** A drawing as text: the document that charts are drawn on writes attributes without escaping all that is in them. */

import { escapeMarkup } from "../../report/mod.ts";

/** Elements, their attributes and their texts, all escaped; nothing else. */
export function markupOf(element: Element): string {
  const name = element.localName;
  const attributes = [...element.attributes].map(({ name, value }) => ` ${name}="${escapeMarkup(value)}"`).join("");
  const inner = [...element.childNodes].map((child) =>
    child.nodeType === ELEMENT
      ? markupOf(child as Element)
      : child.nodeType === TEXT
      ? escapeMarkup(child.nodeValue ?? "")
      : ""
  ).join("");
  return `<${name}${attributes}>${inner}</${name}>`;
}

const [ELEMENT, TEXT] = [1, 3];
