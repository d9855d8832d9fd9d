/** The command line: translates arguments to the verbs of `runner/app.ts` and their answers to text or JSON. */

export { enterInitialFolder } from "./initial_folder.ts";
export { runProgram } from "./program.ts";
