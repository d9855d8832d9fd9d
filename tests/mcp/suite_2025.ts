/** The official conformance suite, as its package's command. For the revision 2025-11-25. */

import "mcp-conformance-2025/dist/index.js";
