/** @jsxRuntime automatic */
/** @jsxImportSource preact */
/** The space of a run at the turn that is looked at: who is where, coloured by what agents and places are. */

import { useSignal } from "@preact/signals";
import type { VNode } from "preact";
import { useEffect, useMemo, useRef } from "preact/hooks";
import type { MapHandle, Scene } from "../../_impl/map.ts";
import type { ResolvedSpatial } from "../../../framework/mod.ts";
import { type Trouble, TroubleBox, useMounted } from "../actions.tsx";
import { api } from "../api.ts";
import { Icon } from "../icons.tsx";
import { count, counted, words } from "../number_format.tsx";
import { MapLegend } from "./map_legend.tsx";
import { MapPanel, PlacesTable } from "./map_panel.tsx";
import { type MapPlan, planOf } from "./map_plan.ts";
import {
  agentChoices,
  agentShades,
  type Choice,
  declaredOf,
  type DeclaredVariable,
  type MapWorld,
  mapWorld,
  placeChoices,
  placeShades,
  placeText,
  type Scale,
  scaleOf,
} from "./map_world.ts";
import type { RunPageState } from "./page_state.ts";
import { ofThen, turnOf, type TurnWorld, useTurnWorld } from "./turn_world.ts";

/** What the scenario says of the space. */
interface Ground {
  /** Null: the scenario has no space. */
  readonly plan: MapPlan | null;
  readonly declared: { readonly [name: string]: DeclaredVariable };
}

interface ConfigAnswer {
  readonly config: {
    readonly spatial?: ResolvedSpatial | null;
    readonly state_variables?: { readonly agent_vars?: Ground["declared"] };
  };
}

/** The tab. */
export function SpaceMap({ state }: { readonly state: RunPageState }): VNode {
  const ground = useSignal<Ground | "loading" | Trouble>("loading");
  const load = async () => {
    ground.value = "loading";
    try {
      const { config } = await api<ConfigAnswer>(`/api/simulations/${encodeURIComponent(state.runId)}/config`);
      const { spatial, state_variables } = config;
      ground.value = { plan: spatial ? planOf(spatial) : null, declared: state_variables?.agent_vars ?? {} };
    } catch (error) {
      ground.value = state.failed(error);
    }
  };
  useEffect(() => void load(), []);
  const known = ground.value;
  if (known === "loading") {
    return (
      <div class="run-map" data-state="loading">
        <p class="muted appears">Loading the map…</p>
        <noscript>
          <p>The map is drawn with JavaScript.</p>
        </noscript>
      </div>
    );
  }
  if ("message" in known) {
    return (
      <div class="run-map log-trouble" data-state="trouble">
        <TroubleBox title="The map could not be loaded" trouble={known} />
        <button type="button" class="button" onClick={() => void load()}>
          <Icon name="redo" /> Try again
        </button>
      </div>
    );
  }
  if (known.plan === null) {
    return (
      <div class="run-map empty" data-state="ready">
        <p>This scenario has no space: its agents are nowhere in particular.</p>
        <p class="muted">
          A section <code>spatial</code> gives it a grid, a hexagon, a network or a map.
        </p>
      </div>
    );
  }
  return <AtTurn state={state} plan={known.plan} declared={known.declared} />;
}

interface GroundProps {
  readonly state: RunPageState;
  readonly plan: MapPlan;
  readonly declared: Ground["declared"];
}

/** Names of networks that are drawn where nothing else is wanted. */
const SHOWN_NETWORK = "default";

function AtTurn({ state, plan, declared }: GroundProps): VNode {
  const now = state.world.value;
  const shown = useTurnWorld(state);
  const trouble = typeof now === "object" && "message" in now ? now : null;
  if (shown === null) {
    return trouble === null
      ? <p class="run-map muted appears" data-state="loading">Loading the world…</p>
      : (
        <div class="run-map" data-state="trouble">
          <TroubleBox title="There is no state to draw" trouble={trouble} />
        </div>
      );
  }
  return (
    <>
      {trouble !== null && <TroubleBox title="The state of this turn could not be read" trouble={trouble} />}
      <Drawn {...{ state, plan, declared, shown }} />
    </>
  );
}

function Drawn({ state, plan, declared, shown }: GroundProps & { readonly shown: TurnWorld }): VNode {
  const { world } = shown;
  const turn = turnOf(shown);
  const query = state.query.value;
  const map = useMemo(() => mapWorld(plan, world), [plan, world]);
  const fills = useMemo(() => placeChoices(plan, map, declared), [plan, map, declared]);
  const colours = useMemo(() => agentChoices(declared), [declared]);
  const fill = chosenIn(query.get("fill"), fills, firstFill(plan, map, fills));
  const colour = chosenIn(query.get("colour"), colours, firstColour(plan, colours, declared));
  const networks = map.networks.map(({ name }) => name);
  const wanted = query.get("net");
  const isOff = wanted === "none" || plan.kind === "geojson" && wanted === null;
  const network = isOff
    ? null
    : networks.find((name) => name === wanted) ?? (networks.includes(SHOWN_NETWORK) ? SHOWN_NETWORK : null);
  const shades = useMemo(() => placeShades(fill, plan, map, world), [fill, plan, map, world]);
  const agents = useMemo(() => agentShades(colour, world), [colour, world]);
  const placeScale = useScale(shades, declaredOf(fill, "places", declared), fill);
  const agentScale = useScale([...agents.values()], declaredOf(colour, "agents", declared), colour);
  const chosen = plan.positions.get(query.get("place") ?? "") ?? null;
  const scene: Scene = useMemo(() => ({
    ...{ plan, map, network, chosen, turn },
    places: { shades, scale: placeScale },
    agents: { shades: agents, scale: agentScale },
  }), [plan, map, network, chosen, turn, shades, placeScale, agents, agentScale]);
  const wordsOf = (choices: readonly Choice[], key: string | null) => choices.find((each) => each.key === key)?.words;
  const fillWords = wordsOf(fills, fill) ?? null;
  const choose = (place: number | null) => state.put("place", place === null ? null : plan.ids[place]!);
  return (
    <section class="run-map" data-state="ready" data-kind={plan.kind} data-turn={turn}>
      <div class="map-choices">
        <Choose
          label="Places by"
          none="nothing"
          choices={fills}
          chosen={fill}
          onChoose={(key) => state.put("fill", key)}
        />
        <Choose
          label="Agents by"
          none="nothing"
          choices={colours}
          chosen={colour}
          onChoose={(key) => state.put("colour", key)}
        />
        {networks.length > 0 && (
          <Choose
            label="Connections"
            none="hidden"
            choices={networks.map((key) => ({
              key,
              words: key === SHOWN_NETWORK ? "as the map has them" : words(key),
            }))}
            chosen={network}
            onChoose={(key) => state.put("net", key)}
          />
        )}
      </div>
      <p class="map-words">
        {counted(plan.ids.length, "place")}, {counted(world.order.length - map.nowhere.length, "agent")} there
        {map.nowhere.length > 0 && `, ${count(map.nowhere.length)} nowhere`}. As of turn <strong>{count(turn)}</strong>
        <span class="muted">{ofThen(state.turn.value, shown)}</span>
      </p>
      <div class={chosen === null ? "map-body" : "map-body map-open"}>
        <div class="map-side">
          <MapCanvas
            scene={scene}
            onChoose={choose}
            textOf={(place) => placeText(place, plan, map, shades[place] ?? null, fillWords)}
          />
          <MapLegend title={fillWords} scale={placeScale} hasForms={false} />
          <MapLegend title={wordsOf(colours, colour) ?? null} scale={agentScale} hasForms />
        </div>
        {chosen !== null && (
          <MapPanel
            {...{ state, plan, map, world, colour }}
            place={chosen}
            onClose={() => choose(null)}
          />
        )}
      </div>
      <PlacesTable {...{ plan, map, shades }} fill={fillWords} onChoose={choose} />
    </section>
  );
}

/** What the address names, if there is such a thing; `none`: nothing. */
function chosenIn(wanted: string | null, choices: readonly Choice[], otherwise: string | null): string | null {
  if (wanted === "none") return null;
  return choices.find(({ key }) => key === wanted)?.key ?? otherwise;
}

/** What places are coloured by at first: regions by their people, others by what is known of them in numbers. */
function firstFill(plan: MapPlan, { attributes }: MapWorld, choices: readonly Choice[]): string | null {
  const isNumber = (key: string) => attributes.some((each) => typeof each[key.slice(ATTRIBUTE.length)] === "number");
  const wanted = plan.kind === "geojson"
    ? (key: string) => key.startsWith("agents ")
    : (key: string) => key.startsWith(ATTRIBUTE) && isNumber(key);
  return choices.find(({ key }) => wanted(key))?.key ?? null;
}

const ATTRIBUTE = "attribute ";

/** What agents are coloured by at first: by words, or else by numbers. */
function firstColour(plan: MapPlan, choices: readonly Choice[], declared: Ground["declared"]): string | null {
  if (plan.kind === "geojson") return null;
  const of = (types: readonly string[]) => choices.find(({ key }) => types.includes(declared[key]?.type ?? ""))?.key;
  return of(["categorical"]) ?? of(["float", "int"]) ?? null;
}

/** The scale of what is shown: of another choice it is another one. */
function useScale(
  shades: Parameters<typeof scaleOf>[0],
  declared: DeclaredVariable | undefined,
  choice: string | null,
): Scale {
  const kept = useRef<{ readonly choice: string | null; readonly scale: Scale } | null>(null);
  const before = kept.current?.choice === choice ? kept.current.scale : null;
  const scale = scaleOf(shades, declared, before);
  kept.current = { choice, scale };
  return scale;
}

function Choose({ label, none, choices, chosen, onChoose }: {
  readonly label: string;
  /** Said of no choice. */
  readonly none: string;
  readonly choices: readonly Choice[];
  readonly chosen: string | null;
  readonly onChoose: (key: string) => void;
}): VNode {
  const isMounted = useMounted();
  return (
    <label>
      {label}
      <select
        value={chosen ?? "none"}
        disabled={!isMounted}
        onChange={({ currentTarget: { value } }) => onChoose(value)}
      >
        <option value="none">{none}</option>
        {choices.map(({ key, words }) => <option key={key} value={key} selected={key === chosen}>{words}</option>)}
      </select>
    </label>
  );
}

function MapCanvas({ scene, onChoose, textOf }: {
  readonly scene: Scene;
  readonly onChoose: (place: number | null) => void;
  readonly textOf: (place: number) => string;
}): VNode {
  const canvas = useRef<HTMLCanvasElement>(null);
  const handle = useRef<MapHandle | null>(null);
  const newest = useRef({ scene, onChoose });
  newest.current = { scene, onChoose };
  const pointed = useSignal<number | null>(null);
  const isBroken = useSignal(false);
  useEffect(() => {
    let isOver = false;
    import("../../_impl/map.ts").then(({ openMap }) => {
      if (isOver) return;
      handle.current = openMap(canvas.current!, {
        onPoint: (place) => void (pointed.value = place),
        onChoose: (place) => newest.current.onChoose(place),
      });
      handle.current.show(newest.current.scene);
    }, () => void (isBroken.value = true));
    return () => {
      isOver = true;
      handle.current?.end();
    };
  }, []);
  useEffect(() => handle.current?.show(scene), [scene]);
  const place = pointed.value;
  return (
    <>
      <div class="map-frame">
        <canvas
          ref={canvas}
          class="map-canvas"
          tabIndex={0}
          role="application"
          aria-label="Map"
          aria-describedby="map-keys"
        />
        <div class="map-zoom" role="group" aria-label="How near">
          <button type="button" aria-label="Nearer" title="Nearer (+)" onClick={() => handle.current?.zoom(1.5)}>
            <Icon name="plus" />
          </button>
          <button type="button" aria-label="Farther" title="Farther (−)" onClick={() => handle.current?.zoom(1 / 1.5)}>
            <Icon name="minus" />
          </button>
          <button type="button" aria-label="All of it" title="All of it (0)" onClick={() => handle.current?.fit()}>
            <Icon name="circle" />
          </button>
        </div>
      </div>
      {isBroken.value && <p class="muted">The map could not be drawn; the table below has the same.</p>}
      <p class="map-pointed" role="status">
        {place === null || place >= scene.plan.ids.length
          ? (
            <span class="muted" id="map-keys">
              Point at a place, or use the arrow keys; Enter chooses it, + and − zoom.
            </span>
          )
          : textOf(place)}
      </p>
    </>
  );
}
