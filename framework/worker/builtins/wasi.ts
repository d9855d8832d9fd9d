/** `node:wasi` as domain code imports it (see `runner/sandbox/sandbox.json`): it would bring real time and randomness. */

import real from "node:wasi";

export default real;
export const { WASI } = real;
