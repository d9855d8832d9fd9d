/**
 * Live streams: server-sent events of runs and of their list, and web sockets.
 *
 * @module
 */

export { EventHub, type HubOptions } from "./hub.ts";
export { HEARTBEAT_INTERVAL, STUCK_TIME } from "./client.ts";
export { refusalMessage } from "./sse.ts";
export { lastEventId } from "./last_event_id.ts";
export type { StreamClock, StreamSource } from "./source.ts";
