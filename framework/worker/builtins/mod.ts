/**
 * Node's modules as domain code sees them: their named exports cannot be changed from outside, so the sandbox's import
 * map puts these modules in their place. Loaded before any domain code, and after the prelude.
 */

import "./crypto.ts";
import "./perf_hooks.ts";
import "./process.ts";
import "./vm.ts";
import "./wasi.ts";
