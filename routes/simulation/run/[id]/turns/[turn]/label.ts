/** `/simulation/run/{id}/turns/{turn}/label`: another path to `/simulation/{id}/turns/{turn}/label`. */

export { DELETE, PUT } from "../../../../[id]/turns/[turn]/label.ts";
