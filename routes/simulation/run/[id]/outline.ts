/** `/simulation/run/{id}/outline`: another path to `/simulation/{id}/outline`. */

export { GET } from "../../[id]/outline.ts";
