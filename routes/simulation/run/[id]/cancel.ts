/** `/simulation/run/{id}/cancel`: another path to `/simulation/{id}/cancel`. */

export { POST } from "../../[id]/cancel.ts";
