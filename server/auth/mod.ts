/** Who may use the server: keys, sessions, the audit. */

export { Audit } from "./audit.ts";
export { KeyRing } from "./key_ring.ts";
export { KeyStore, type StoredKey } from "./key_store.ts";
export { Places, shareOf } from "./places.ts";
export { Sessions } from "./sessions.ts";
