/** The official conformance suite, as its package's command. For the revision 2026-07-28. */

import "mcp-conformance-2026/dist/index.js";
