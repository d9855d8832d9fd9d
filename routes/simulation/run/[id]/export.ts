/** `/simulation/run/{id}/export`: another path to `/simulation/{id}/export`. */

export { GET } from "../../[id]/export.ts";
