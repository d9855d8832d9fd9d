/** A log of the run that a page shows: its filters are in the address, it grows with the run, and goes where the turn is. */

import { effect } from "@preact/signals";
import { useEffect, useMemo } from "preact/hooks";
import { live } from "../live.ts";
import { isEnded } from "../run_follower.ts";
import { LogView } from "./log_list.tsx";
import { type LogFilters, type LogSource, LogStore, serverLog } from "./log_store.ts";
import type { RunPageState } from "./page_state.ts";

/** Milliseconds between two looks whether there is more. */
const GROWING = 500;
/** Milliseconds that a turn is looked at before its lines are looked for: who scrubs passes many. */
const PAUSE = 120;

/** What is followed, and how. */
export interface LogUse {
  readonly source: LogSource;
  /** What the address says is wanted. */
  readonly filters: (query: URLSearchParams) => LogFilters;
  /** Word of the address that has the chosen line. */
  readonly word: string;
  /** Whether its lines are of turns. */
  readonly hasTurns: boolean;
}

/** A log and where it is looked at. */
export interface UsedLog<T extends object> {
  readonly store: LogStore<T>;
  readonly view: LogView;
  /** Has a line chosen. @param seen whether the list goes there */
  choose(number: number | null, seen: boolean): void;
}

/** State of a list of lines. */
export function useLog<T extends object>(state: RunPageState, use: LogUse): UsedLog<T> {
  const used = useMemo((): UsedLog<T> => {
    const store = new LogStore<T>(use.source, serverLog(state.runId, use.source), state.failed);
    const view = new LogView();
    const number = Number(state.query.peek().get(use.word) ?? NaN);
    view.chosen.value = Number.isSafeInteger(number) && number > 0 ? number : null;
    return {
      store,
      view,
      choose(number, seen) {
        view.chosen.value = number;
        state.put(use.word, number === null ? null : String(number));
        if (seen && number !== null) view.show(store.placeOf(number), false);
      },
    };
  }, []);
  useEffect(() => {
    const stops = [filter(state, used, use), growWith(state, used, use), followTurn(state, used, use)];
    return () => stops.forEach((stop) => stop());
  }, []);
  return used;
}

/** Begins the list anew when other lines are wanted. */
function filter<T extends object>(state: RunPageState, { store, view }: UsedLog<T>, { filters, hasTurns }: LogUse) {
  let last: string | null = null;
  return effect(() => {
    const wanted = filters(state.query.value);
    const text = JSON.stringify(wanted);
    if (text === last) return;
    last = text;
    void (async () => {
      await store.begin(wanted);
      if (text !== last || store.state.peek() !== "ready") return;
      const chosen = view.chosen.peek();
      view.base.value = 0;
      view.isAstray = false;
      if (chosen !== null) view.show(Math.min(store.placeOf(chosen), store.total.peek() - 1), true);
      else if (hasTurns) await showTurn(state, store, view);
      else view.show(isEnded(state.run.peek().status) ? 0 : store.total.peek(), true);
    })();
  });
}

/** Has the list grow with the run. */
function growWith<T extends object>(state: RunPageState, { store, view }: UsedLog<T>, { hasTurns }: LogUse) {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let seen = "";
  const look = async () => {
    timer = undefined;
    await store.grow();
    if (!hasTurns && !view.isAstray) view.show(store.total.peek() - 1, false);
  };
  const stopRun = effect(() => {
    const { turn, status } = state.run.value;
    const now = `${turn} ${status}`;
    if (now === seen) return;
    if (seen !== "") timer ??= setTimeout(look, GROWING);
    seen = now;
  });
  const stopLive = live().state.subscribe((stream) => {
    if (stream !== "open") return;
    // What happened while the server was not heard is looked up.
    if (typeof store.state.peek() === "object") void store.retry();
    else void store.grow();
  });
  return () => {
    clearTimeout(timer);
    stopRun();
    stopLive();
  };
}

/** Has the list go where the turn is that is looked at; unless that is the newest one, and somebody reads elsewhere. */
function followTurn<T extends object>(state: RunPageState, { store, view }: UsedLog<T>, { hasTurns }: LogUse) {
  if (!hasTurns) return () => {};
  let timer: ReturnType<typeof setTimeout> | undefined;
  let seen = state.turn.peek();
  const stop = effect(() => {
    const turn = state.turn.value;
    if (turn === seen) return;
    seen = turn;
    // The newest one may never rest.
    if (timer !== undefined && state.following.peek()) return;
    clearTimeout(timer);
    timer = setTimeout(async () => {
      timer = undefined;
      if (state.following.peek() && view.isAstray) return;
      await store.grow();
      await showTurn(state, store, view);
    }, PAUSE);
  });
  return () => {
    clearTimeout(timer);
    stop();
  };
}

async function showTurn<T extends object>(state: RunPageState, store: LogStore<T>, view: LogView): Promise<void> {
  const turn = state.turn.peek();
  try {
    const place = await store.placeOfTurn(turn);
    // Who follows the newest one is shown it although it is another by now; unless they have gone elsewhere meanwhile.
    if (state.following.peek() ? view.isAstray : turn !== state.turn.peek()) return;
    view.isAstray = false;
    view.show(Math.max(0, Math.min(place, store.total.peek() - 1)), true);
  } catch (error) {
    // The list stays where it is; that the server does not answer is told where lines are asked for.
    state.failed(error);
  }
}
