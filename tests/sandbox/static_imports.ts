/** What a domain may try to pull in by a static import; none of these domains can be loaded. */

/** Paths that the sources need. */
export interface ImportPlaces {
  /** URL of this repository's root, with a slash at its end. */
  readonly root: string;
  /** URL of the test's folder, with a slash at its end. The domain's own folder is `domains/<name>/` in it. */
  readonly folder: string;
}

/** One attempt. */
export interface StaticImport {
  readonly attempt: string;
  readonly source: (places: ImportPlaces) => string;
  readonly result: string;
  /** Of the error with which the domain is refused. */
  readonly message: RegExp;
}

const outside = (attempt: string, source: StaticImport["source"]): StaticImport => ({
  attempt,
  source,
  result: "the domain is not loaded: no right to read",
  message: /Requires read access to/,
});

/** All attempts by static import. */
export const STATIC_IMPORTS: readonly StaticImport[] = [
  outside("`/etc/passwd` as text", () => `import x from "file:///etc/passwd" with { type: "text" }; export default x;`),
  outside(
    "`/etc/passwd` as text, by a literal dynamic import",
    () => `export default (await import("file:///etc/passwd", { with: { type: "text" } })).default;`,
  ),
  outside(
    "this repository's `deno.json`",
    ({ root }) => `import x from "${root}deno.json" with { type: "json" }; export default x;`,
  ),
  outside("a module of the runner", ({ root }) => `export * from "${root}runner/config.ts";`),
  outside("another domain's module", ({ root }) => `export { default } from "${root}domains/economic/mod.ts";`),
  outside(
    "a text of another domain",
    ({ root }) => `import x from "${root}domains/economic/README.md" with { type: "text" }; export default x;`,
  ),
  outside(
    "a file above its folder, by a relative path",
    () => `import x from "../../secret.txt" with { type: "text" }; export default x;`,
  ),
  {
    attempt: "a file as bytes",
    source: () => `import x from "file:///etc/passwd" with { type: "bytes" }; export default x;`,
    result: "the domain is not loaded",
    message: /Requires read access to|unstable-raw-imports|bytes/,
  },
  {
    attempt: "a package that is locked for the host only",
    source: () => `export * as default from "npm:yaml@2.9.1";`,
    result: "the domain is not loaded: not in the sandbox's lock",
    message: /lockfile is out of date|not.*lock/,
  },
  {
    attempt: "a package that is not installed",
    source: () => `export * as default from "npm:left-pad@1.3.0";`,
    result: "the domain is not loaded: nothing is downloaded",
    message: /left-pad/,
  },
  {
    attempt: "a bare name that is not mapped",
    source: () => `export * as default from "commander";`,
    result: "the domain is not loaded",
    message: /"commander".*not in import map/,
  },
  {
    attempt: "an `https:` module",
    source: () => `export * as default from "https://esm.sh/preact@10";`,
    result: "the domain is not loaded: nothing is downloaded",
    message: /esm\.sh/,
  },
  {
    attempt: "a JSR package",
    source: () => `export * as default from "jsr:@std/assert";`,
    result: "the domain is not loaded: nothing is downloaded",
    message: /@std\/assert/,
  },
];
