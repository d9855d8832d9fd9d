/** Values of inputs in the page's address: `?price=149&view=present`. */

/** Value of a control. */
export type InputValue = string | number | boolean;

/** Names that are no inputs. */
const RESERVED = new Set(["view"]);

/** Values of inputs as an address says them, as texts: the server knows their types. */
export function valuesIn(search: string): Record<string, InputValue> {
  return Object.fromEntries([...new URLSearchParams(search)].filter(([name]) => !RESERVED.has(name)));
}

/** The address with a value; one that is as the file says is left out. */
export function withValue(address: string, id: string, value: InputValue, standard: InputValue): string {
  const url = new URL(address, "http://page");
  // Ids are the same whatever their case.
  for (const name of [...url.searchParams.keys()]) {
    if (name.toLowerCase() === id.toLowerCase() && !RESERVED.has(name)) url.searchParams.delete(name);
  }
  if (value !== standard) url.searchParams.set(id, String(value));
  return url.pathname + url.search + url.hash;
}

/** Where a notebook's page is, and where its resource: `/notebooks/economic/policy%20comparison.md`. */
export function notebookUrl(path: string, root: "/notebooks" | "/api/notebooks" = "/notebooks"): string {
  return `${root}/${path.split("/").map(encodeURIComponent).join("/")}`;
}
