/** `/simulation/run/{id}/advance`: another path to `/simulation/{id}/advance`. */

export { POST } from "../../[id]/advance.ts";
