/** `/simulation/run/{id}/rejudge`: another path to `/simulation/{id}/rejudge`. */

export { POST } from "../../[id]/rejudge.ts";
