/** A strict reader of XML for tests: the parser that draws the charts is a lenient one. */

/** Throws at the first thing in `xml` that a conforming XML parser would refuse; returns the element names in order. */
export function checkXml(xml: string): string[] {
  // deno-lint-ignore no-control-regex -- forbidden characters are what is looked for
  const forbidden = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/.exec(xml);
  if (forbidden !== null || !xml.isWellFormed()) throw new Error("forbidden character");
  const names: string[] = [];
  const open: string[] = [];
  let at = /^<\?xml [^?]*\?>\s*/.exec(xml)?.[0].length ?? 0;
  while (at < xml.length) {
    const rest = xml.slice(at);
    const text = /^[^<]+/.exec(rest);
    const tag = /^<(\/?)([A-Za-z][\w:.-]*)((?:\s+[\w:.-]+=(?:"[^"<]*"|'[^'<]*'))*)\s*(\/?)>/.exec(rest);
    const found = text ?? tag;
    if (found === null) throw new Error(`not well-formed: ${rest.slice(0, 120)}`);
    if (/&(?!(amp|lt|gt|quot|apos|#\d+|#x[0-9a-f]+);)/i.test(found[0])) throw new Error(`unknown entity: ${found[0]}`);
    if (tag !== null) {
      const [, closing, name, attributes] = tag;
      if (hasTwice(attributes!)) throw new Error(`attribute given twice: ${tag[0]}`);
      if (closing === "/") {
        if (open.pop() !== name) throw new Error(`closing ${name} does not match`);
      } else {
        names.push(name!);
        if (tag[4] !== "/") open.push(name!);
      }
    } else if (open.length === 0 && found[0].trim() !== "") throw new Error(`text outside: ${found[0]}`);
    at += found[0].length;
  }
  if (open.length > 0) throw new Error(`not closed: ${open.join(", ")}`);
  return names;
}

function hasTwice(attributes: string): boolean {
  const names = [...attributes.matchAll(/\s([\w:.-]+)=(?:"[^"]*"|'[^']*')/g)].map((match) => match[1]);
  return new Set(names).size !== names.length;
}
