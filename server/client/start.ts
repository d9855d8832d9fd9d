/** Starts the islands of a page, each of which is loaded by itself. */

import { boot } from "./boot.ts";

boot();
