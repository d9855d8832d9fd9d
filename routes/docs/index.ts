/** `GET /docs`: the reference of the API, made of its description by RapiDoc in the browser. */

import type { RequestContext } from "../../server/mod.ts";

/** RapiDoc writes styles into its elements, which no nonce allows; scripts are as strict here as anywhere. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "font-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

const PAGE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>API · llm-sim</title>
<link rel="icon" href="/static/icon.svg">
<link rel="stylesheet" href="/static/docs.css">
<script type="module" src="/static/docs.js"></script>
<script type="module" src="/docs/rapidoc.js"></script>
</head>
<body>
<rapi-doc spec-url="/openapi.json" load-fonts="false" render-style="read" schema-style="table"
  show-header="false" allow-authentication="true" allow-server-selection="false" allow-spec-url-load="false"
  allow-spec-file-load="false" show-method-in-nav-bar="as-colored-text" use-path-in-nav-bar="true"
  regular-font="system-ui, sans-serif" mono-font="ui-monospace, monospace" nav-item-spacing="compact"
  update-route="true" sort-tags="false" sort-endpoints-by="none">
  <p slot="nav-logo"><a href="/">llm-sim</a></p>
</rapi-doc>
<noscript>This page needs JavaScript. The description itself is at <a href="/openapi.json">/openapi.json</a>.</noscript>
</body>
</html>
`;

export const handler = {
  GET(_context: RequestContext): Response {
    return new Response(PAGE, {
      headers: {
        "content-type": "text/html; charset=utf-8",
        "cache-control": "private, no-cache",
        "content-security-policy": POLICY,
      },
    });
  },
};
