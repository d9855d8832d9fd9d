/** `node:vm` as domain code imports it (see `runner/sandbox/sandbox.json`): without new realms. */

import real from "node:vm";

export * from "node:vm";
export default real;
export const { createContext, runInContext, runInNewContext } = real;
