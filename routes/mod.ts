/** Pages and API endpoints, one file per URL. */

export { manifest } from "./manifest.ts";
