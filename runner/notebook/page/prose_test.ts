import { parseHTML } from "linkedom";
import { assertEquals, assertTrue } from "../../../tests/support/assert.ts";
import fc from "../../../tests/support/properties.ts";
import { proseHtml, type Reference } from "./mod.ts";

const VALUES: { readonly [id: string]: string } = { a: "1", b: "<b onclick='x'>${a}</b> & \"q\"", c_d: "cd" };

function resolve({ id }: Reference): string | undefined {
  return VALUES[id];
}

function html(markdown: string): string {
  return proseHtml(markdown, resolve).html.trim();
}

Deno.test("Markdown with tables, tasks and struck text", () => {
  assertEquals(html("**a** ~~b~~ `c`"), "<p><strong>a</strong> <s>b</s> <code>c</code></p>");
  assertEquals(
    html("- [ ] one\n- [x] two\n- [y] three"),
    "<ul>\n<li>☐ one</li>\n<li>☑ two</li>\n<li>[y] three</li>\n</ul>",
  );
  const table = html("| a | b |\n|--:|---|\n| 1 | 2 |");
  assertTrue(table.includes('<th align="right">a</th>\n<th>b</th>'), table);
  assertTrue(!table.includes("style"));
});

Deno.test("fences that are no cells are code in their language", () => {
  assertEquals(html("```py title\n<x> ${a}\n```"), '<pre><code class="language-py">&lt;x&gt; ${a}\n</code></pre>');
  assertEquals(html('```x" onclick="y\n```'), '<pre><code class="language-x&quot;"></code></pre>');
});

Deno.test("values are text, put in once; what has none is shown as it is written", () => {
  assertEquals(html("**${a}** ${c_d} ${a}"), "<p><strong>1</strong> cd 1</p>");
  assertEquals(html("${b}"), "<p>&lt;b onclick='x'&gt;${a}&lt;/b&gt; &amp; &quot;q&quot;</p>");
  assertEquals(html("${nobody.x[0]}"), '<p><code class="unresolved">${nobody.x[0]}</code></p>');
  assertEquals(html("[${a}](https://x.y)"), '<p><a href="https://x.y" rel="noopener noreferrer">1</a></p>');
  assertEquals(html("<div>${a}</div>"), "<div>1</div>");
});

Deno.test("references in code, and escaped ones, stay", () => {
  assertEquals(html("`${a}` $${a} \\${a} ${a+b}"), "<p><code>${a}</code> ${a} ${a} ${a+b}</p>");
  assertEquals(html("    ${a}"), "<pre><code>${a}\n</code></pre>");
  assertEquals(html('<abbr title="${b}">x</abbr>'), '<p><abbr title="${b}">x</abbr></p>');
});

Deno.test("headings have anchors, unique in the page, and are told with their values", () => {
  const anchors = new Set<string>();
  const first = proseHtml("# Der *Kurs*: ${a}!\n\n## Same\n\n## Same\n\n# ???", resolve, anchors);
  assertEquals(first.headings, [
    { level: 1, text: "Der Kurs: 1!", anchor: "der-kurs-a" },
    { level: 2, text: "Same", anchor: "same" },
    { level: 2, text: "Same", anchor: "same-1" },
    { level: 1, text: "???", anchor: "section" },
  ]);
  assertTrue(first.html.startsWith('<h1 id="der-kurs-a">Der <em>Kurs</em>: 1!</h1>'), first.html);
  assertEquals(proseHtml("# Same", resolve, anchors).headings[0]!.anchor, "same-2");
});

Deno.test("an id stands on headings of the text only, and each once", () => {
  const hostile =
    '# Real\n\n<h2 id="save" data-anchor="0">x</h2>\n\n<h2 data-anchor="0">y</h2>\n\n<p id="p" name="n">z</p>';
  const { document } = parseHTML(`<body>${html(hostile)}</body>`);
  assertEquals([...document.querySelectorAll("[id]")].map((element) => `${element.localName} ${element.id}`), [
    "h1 real",
  ]);
  assertEquals([...document.querySelectorAll("[name], [data-anchor]")].length, 0);
});

Deno.test("links that lead on say so; pictures lie beside the page or in it", () => {
  const links = html("[a](https://x.y/z) [b](page.md#h) [c](mailto:a@b.c) [d](ftp://x) [e](//x.y)");
  const { document } = parseHTML(`<body>${links}</body>`);
  const hrefs = [...document.querySelectorAll("a")].map((link) => link.getAttribute("href"));
  assertEquals(hrefs, ["https://x.y/z", "page.md#h", "mailto:a@b.c", null, null]);
  assertTrue([...document.querySelectorAll("a")].every((link) => link.getAttribute("rel") === "noopener noreferrer"));
  const kept = ["a.png", "../img/a%20b.png", "/static/a.png", "data:image/png;base64,iVBORw0KGgo="];
  const out = [
    "http://x.y/a.png",
    "//x.y/a.png",
    "\\\\x.y\\a.png",
    "/\\x.y/a.png",
    "/\t/x.y/a.png",
    "data:text/html;base64,AA==",
  ];
  const more = [
    "data:image/svg+xml;base64,AA==",
    "data:image/svg+xml,<svg/onload=x>",
    "blob:x",
    "javascript:x",
    "file:///etc/passwd",
  ];
  for (const src of kept) assertEquals(html(`<img src="${src}" alt="x">`), `<img src="${src}" alt="x" />`);
  for (const src of [...out, ...more]) assertEquals(html(`<img src="${src}" alt="x">`), "", src);
});

/** What somebody puts into a page in order to act in it. */
const HOSTILE = [
  "<script>alert(1)</script>",
  "<SCRIPT SRC=//x.y></SCRIPT>",
  "<scr<script>ipt>alert(1)</scr</script>ipt>",
  "<img src=x onerror=alert(1)>",
  "<img src=a.png onerror='alert(1)' style='position:fixed'>",
  "<img/src=x/onerror=alert(1)//",
  '<img src="x` `<script>alert(1)</script>"` `>',
  "<svg onload=alert(1)><script>alert(1)</script></svg>",
  "<svg><a xlink:href='javascript:alert(1)'><text>x</text></a></svg>",
  "<svg><style><img src=x onerror=alert(1)></style></svg>",
  "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
  "<math href='javascript:alert(1)'>x</math>",
  "[x](javascript:alert(1))",
  "[x](JaVaScRiPt:alert(1))",
  "[x](&#106;avascript:alert(1))",
  "[x](<java\nscript:alert(1)>)",
  "<a href='java&#10;script:alert(1)'>x</a>",
  "<a href='\u0001javascript:alert(1)'>x</a>",
  "<a href=' javascript:alert(1)' target=_blank ping=//x.y>x</a>",
  "<a href='vbscript:x'>x</a>",
  "<a href='data:text/html,<script>alert(1)</script>'>x</a>",
  "![x](data:image/svg+xml;base64,PHN2Zy8+)",
  "![x](data:text/html;base64,PHN2Zy8+)",
  "<style>body{display:none}</style>",
  "<style>@import '//x.y'</style",
  "<p style='position:fixed;inset:0'>x</p>",
  "<link rel=stylesheet href=//x.y>",
  "<meta http-equiv=refresh content='0;url=//x.y'>",
  "<base href=//x.y>",
  "<iframe src=//x.y srcdoc='<script>alert(1)</script>'></iframe>",
  "<iframe><img src=x onerror=alert(1)></iframe>",
  "<object data=//x.y></object><embed src=//x.y><applet code=x>",
  "<form action=//x.y><input name=q autofocus onfocus=alert(1)><button formaction='javascript:alert(1)'>x</button></form>",
  "<textarea><script>alert(1)</script></textarea><select><option>x",
  "<video src=//x.y onerror=alert(1)></video><audio src=x onerror=alert(1)>",
  "<template><script>alert(1)</script></template>",
  "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
  "<xmp><p title='</xmp><img src=x onerror=alert(1)>'></xmp>",
  "<title><p title='</title><img src=x onerror=alert(1)>'></title>",
  "<noembed><p title='</noembed><img src=x onerror=alert(1)>'>",
  "<plaintext><script>alert(1)</script>",
  "<frameset onload=alert(1)><frame src=//x.y>",
  "<body onload=alert(1) background=//x.y>",
  "<html manifest=x><head></head>",
  "<dialog open><p>x</dialog><slot name=x><portal src=//x.y>",
  "<custom-element onclick=alert(1)>x</custom-element>",
  "</div></main></body></html><script>alert(1)</script>",
  "</p></div></div><div class=toolbar id=save>",
  "<div><b><i><u>never closed",
  "<table><tr><td><form><table></form>x</td>",
  "<div class='cell stale' id=toolbar role=alert aria-live=assertive tabindex=0 contenteditable>x</div>",
  "<details open ontoggle=alert(1)>x</details>",
  "<!--><script>alert(1)</script>-->",
  "<!--[if IE]><script>alert(1)</script><![endif]-->",
  "<?xml version='1.0'?><!DOCTYPE html [<!ENTITY x SYSTEM 'file:///etc/passwd'>]>&x;",
  "<![CDATA[<script>alert(1)</script>]]>",
  "`<script>alert(1)</script>`",
  "```html\n<script>alert(1)</script>\n```",
  "&lt;script&gt;alert(1)&lt;/script&gt;",
  '[x]: javascript:alert(1) "t"\n\n[x]',
  "<javascript:alert(1)>",
  '[x](https://x.y "\\"onmouseover=alert(1) ")',
  "${b} [${b}](${b}) ![${b}](${b}) <a href='${b}' title='${b}'>x</a>",
  "${evil} <img title='${evil}' src=a.png>",
];

const EVIL = "\"'><img src=x onerror=alert(1)><script>alert(1)</script></p></div>";

/** Elements and attributes that prose may have. */
const ELEMENTS = new Set(
  ("h1 h2 h3 h4 h5 h6 p blockquote ul ol li hr br pre code strong em b i u s del ins sub sup kbd mark small abbr cite q dfn " +
    "var samp a img table caption thead tbody tfoot tr th td figure figcaption details summary div span dl dt dd")
    .split(" "),
);
const ATTRIBUTES: { readonly [name: string]: RegExp } = {
  id: /^[\p{L}\p{N}_-]+$/u,
  href: /^(?:https?:|mailto:|(?![a-z][a-z0-9+.-]*:)(?!\/\/))/i,
  src: /^(?:data:image\/(?:png|jpeg|gif|webp|avif);base64,|(?![a-z][a-z0-9+.-]*:)(?![\\/]{2}))/i,
  rel: /^noopener noreferrer$/,
  class: /^(?:unresolved|language-\S*)$/,
  align: /^(?:left|right|center)$/,
  start: /^\d*$/,
  title: /^/,
  alt: /^/,
  open: /^/,
};

/** All of `out` is what prose may be, and it ends what it begins. */
function assertHarmless(markdown: string): void {
  const out = proseHtml(markdown, ({ id }) => id === "evil" ? EVIL : resolve({ id } as Reference)).html;
  const { document } = parseHTML(`<!doctype html><html><body><main>${out}</main><footer>end</footer></body></html>`);
  assertEquals([...document.body.children].map((element) => element.localName), ["main", "footer"], markdown);
  for (const element of document.querySelectorAll("main *")) {
    assertTrue(ELEMENTS.has(element.localName), `<${element.localName}> in ${out} of ${markdown}`);
    for (const { name, value } of element.attributes) {
      const allowed = ATTRIBUTES[name];
      // deno-lint-ignore no-control-regex
      const read = ["href", "src"].includes(name) ? value.replace(/[\u0000-\u0020]/g, "") : value;
      assertTrue(allowed?.test(read), `${name}=${value} in ${out} of ${markdown}`);
    }
  }
}

Deno.test("nothing hostile survives", () => {
  for (const text of HOSTILE) {
    for (
      const wrap of [
        text,
        `text ${text} text`,
        `- ${text}`,
        `> ${text}`,
        `# ${text}`,
        `| ${text} |\n|---|\n| ${text} |`,
      ]
    ) {
      assertHarmless(wrap);
      assertHarmless(`<div>\n\n${wrap}\n\n</div>`);
      assertHarmless(`<table><td>${wrap}`);
    }
  }
});

Deno.test("nor does any mixture of it", () => {
  const part = fc.oneof(
    fc.constantFrom(...HOSTILE),
    fc.constantFrom(
      "<",
      ">",
      '"',
      "'",
      "`",
      "```",
      "\n",
      "\n\n",
      "</",
      "<!--",
      "-->",
      "=",
      "/",
      "&",
      "\0",
      "]]>",
      " ",
      "${evil}",
    ),
    fc.tuple(fc.constantFrom(...HOSTILE), fc.nat(), fc.nat()).map(([text, from, length]) =>
      text.slice(from % text.length).slice(0, length % text.length)
    ),
  );
  fc.assert(
    fc.property(fc.array(part, { maxLength: 10 }), (parts) => assertHarmless(parts.join(""))),
    { numRuns: 3000 },
  );
});

Deno.test("elements without end, and text that is all marks, take a moment", () => {
  const many = 20_000;
  const texts = [
    "<div>",
    "[",
    "![",
    "*a ",
    "`",
    "``` ",
    "<",
    "<a href='",
    "&amp;",
    "${a}",
    "$",
    "\\",
    "- ",
    "> ",
    "| a ",
    "_*",
  ];
  const started = performance.now();
  for (const text of texts) proseHtml(text.repeat(many), resolve);
  assertTrue(performance.now() - started < 20_000, `${performance.now() - started} ms`);
});
