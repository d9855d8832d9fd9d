/** What a server does by itself: goes on with what the last one left, looks at the domains, removes old runs. */

import type { App } from "../runner/mod.ts";
import type { Log } from "./log.ts";

/** Milliseconds between looks for runs that retention no longer protects. */
const PRUNE_INTERVAL = 3_600_000;

/** Milliseconds before it begins: the first pages come first. */
const DELAY = 1000;

/** Does it, in the background. What goes wrong is in the log: it keeps no server from serving. */
export function keepHouse(app: App, log: Log): void {
  setTimeout(() => app.isOpen && begin(app, log), DELAY);
}

function begin(app: App, log: Log): void {
  const failed = (what: string) => (error: unknown) => {
    // What was under way when the server stopped is done by the next one.
    if (app.isOpen) log.failure(what, error);
  };
  app.recover().then(() => app.resumeLost()).then(({ resumed, failed }) => {
    for (const { run_id, turn } of resumed) log.info("resumed", { run_id, turn });
    for (const { run_id, error } of failed) {
      log.warning("not resumed", { run_id, code: error.code, reason: error.message });
    }
  }).catch(failed("lost runs could not be resumed"))
    .then(() => app.isOpen ? app.batches.resumeLost() : [])
    .then((ids) => ids.forEach((batch) => log.info("resumed", { batch })), failed("lost batches could not be resumed"))
    // Afterwards, for it takes the processor for some seconds.
    .then(() => app.isOpen ? app.checkRepos() : [])
    .then((broken) => {
      for (const { name, reason } of broken) log.warning("broken repo", { repo: name, reason });
    }, failed("the domains could not be checked"));
  app.pruneEvery(PRUNE_INTERVAL, (gone, error) => {
    if (error !== null) failed("old runs could not be removed")(error);
    for (const { run_id } of gone) log.info("pruned", { run_id });
  });
}
