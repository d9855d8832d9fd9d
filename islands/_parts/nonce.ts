/** The nonce of the page, for styles that are made in the browser (`EditorView.cspNonce`). */

/** What the policy of this page lets styles in with; "" where there is none, as in tests. */
export function pageNonce(): string {
  // The attribute is hidden from scripts, the property is not.
  return document.querySelector<HTMLScriptElement>("script[nonce]")?.nonce ?? "";
}
