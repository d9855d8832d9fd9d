/** `/simulation/run/{id}`: another path to `/simulation/{id}`. */

export { GET } from "../../[id]/index.ts";
