/** Drafts of pages that are too large for `localStorage`, in the browser's IndexedDB. */

import type { Draft } from "./sync.ts";

/** A place for drafts by name. */
export interface LargeDrafts {
  put(name: string, draft: Draft): Promise<void>;
  get(name: string): Promise<unknown>;
  remove(name: string): Promise<void>;
}

const DATABASE = "llm-sim";
const STORE = "drafts";

/** The browser's. Opened when it is first needed. */
export function browserDrafts(factory: IDBFactory): LargeDrafts {
  let opened: Promise<IDBDatabase> | null = null;
  const store = async (mode: IDBTransactionMode) => {
    opened ??= open(factory);
    return (await opened).transaction(STORE, mode).objectStore(STORE);
  };
  return {
    put: async (name, draft) => void await done((await store("readwrite")).put(draft, name)),
    get: async (name) => await done((await store("readonly")).get(name)),
    remove: async (name) => void await done((await store("readwrite")).delete(name)),
  };
}

function open(factory: IDBFactory): Promise<IDBDatabase> {
  const request = factory.open(DATABASE, 1);
  request.onupgradeneeded = () => void request.result.createObjectStore(STORE);
  return done(request);
}

function done<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}
