/** How wide text is on a terminal. */

export { displayWidth, pad, plainText, truncate } from "../../runner/plain_text.ts";
