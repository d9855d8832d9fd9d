/** `export` in its four formats, through the command line. */

import { join } from "node:path";
import { assertElement, assertWellFormed } from "../../runner/export/xml_test_support.ts";
import { assertEquals, assertMatches, assertTrue } from "../support/assert.ts";
import { cli, documentOf, SCENARIOS, withFolder } from "./support.ts";
