/** A map on a canvas: drawn at most once a frame, seen near and far, places pointed at by mouse, finger and keys. */

import { boundsOf, type MapPlan, type Point } from "../_parts/run/map_plan.ts";
import type { MapWorld, Scale, Shade } from "../_parts/run/map_world.ts";
import { readColors } from "./map_colors.ts";
import { drawScene, type Frame } from "./map_drawing.ts";
import { nearest, stepFrom } from "./map_geometry.ts";
import { layOut } from "./map_layout.ts";

/** What is drawn. */
export interface Scene {
  readonly plan: MapPlan;
  readonly map: MapWorld;
  /** Turn of the world. */
  readonly turn: number;
  readonly places: { readonly shades: readonly Shade[]; readonly scale: Scale };
  readonly agents: { readonly shades: ReadonlyMap<string, Shade>; readonly scale: Scale };
  /** Name of the network that is drawn; null: none. */
  readonly network: string | null;
  readonly chosen: number | null;
}

/** What the map tells. */
export interface MapEvents {
  /** A place is pointed at; null: none. */
  onPoint(place: number | null): void;
  onChoose(place: number | null): void;
}

/** A map that is open. */
export interface MapHandle {
  show(scene: Scene): void;
  /** @param by greater than 1: nearer */
  zoom(by: number): void;
  /** All of it is seen. */
  fit(): void;
  end(): void;
}

const [NEAREST, FARTHEST] = [40, 1];
const DIRECTIONS: { readonly [key: string]: Point } = {
  ArrowRight: [1, 0],
  ArrowLeft: [-1, 0],
  ArrowDown: [0, 1],
  ArrowUp: [0, -1],
};

/** Opens a map on a canvas. */
export function openMap(canvas: HTMLCanvasElement, events: MapEvents): MapHandle {
  return new CanvasMap(canvas, events);
}

class CanvasMap implements MapHandle {
  readonly #canvas: HTMLCanvasElement;
  readonly #events: MapEvents;
  readonly #stop = new AbortController();
  readonly #size: ResizeObserver;
  readonly #theme: MutationObserver;
  readonly #layouts = new WeakMap<MapPlan, readonly Point[]>();
  #colors: ReturnType<typeof readColors> | null = null;
  #scene: Scene | null = null;
  #frame = 0;
  #pointed: number | null = null;
  /** How near, and what is in the middle of the box, in shares of the map. */
  #view = { near: 1, x: 0.5, y: 0.5 };
  #drag: { x: number; y: number; isMoved: boolean } | null = null;

  constructor(canvas: HTMLCanvasElement, events: MapEvents) {
    this.#canvas = canvas;
    this.#events = events;
    this.#size = new ResizeObserver(() => this.#soon());
    this.#size.observe(canvas);
    const anew = () => {
      this.#colors = null;
      this.#soon();
    };
    this.#theme = new MutationObserver(anew);
    this.#theme.observe(document.documentElement, { attributeFilter: ["data-theme"] });
    const { signal } = this.#stop;
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", anew, { signal });
    canvas.addEventListener("pointermove", (event) => this.#move(event), { signal });
    canvas.addEventListener("pointerleave", () => this.#point(null), { signal });
    canvas.addEventListener("pointerdown", (event) => this.#down(event), { signal });
    canvas.addEventListener("pointerup", (event) => this.#up(event), { signal });
    canvas.addEventListener("pointercancel", () => void (this.#drag = null), { signal });
    canvas.addEventListener("keydown", (event) => this.#press(event), { signal });
    canvas.addEventListener("blur", () => this.#point(null), { signal });
    canvas.addEventListener("wheel", (event) => this.#wheel(event), { signal, passive: false });
  }

  show(scene: Scene): void {
    this.#scene = scene;
    if (this.#pointed !== null && this.#pointed >= scene.plan.ids.length) this.#point(null);
    this.#soon();
  }

  zoom(by: number): void {
    this.#look({ ...this.#view, near: this.#view.near * by });
  }

  fit(): void {
    this.#look({ near: 1, x: 0.5, y: 0.5 });
  }

  end(): void {
    this.#stop.abort();
    this.#size.disconnect();
    this.#theme.disconnect();
    cancelAnimationFrame(this.#frame);
  }

  #look({ near, x, y }: { near: number; x: number; y: number }): void {
    const next = Math.max(FARTHEST, Math.min(NEAREST, near));
    const margin = 0.5 / next;
    const within = (share: number) => Math.max(margin, Math.min(1 - margin, share));
    this.#view = { near: next, x: within(x), y: within(y) };
    // A finger moves the page where there is nothing to be moved here.
    this.#canvas.style.touchAction = next > 1 ? "none" : "pan-y";
    this.#soon();
  }

  #soon(): void {
    if (this.#frame !== 0) return;
    this.#frame = requestAnimationFrame(() => {
      this.#frame = 0;
      this.#draw();
    });
  }

  #draw(): void {
    const scene = this.#scene;
    const { clientWidth: width, clientHeight: height } = this.#canvas;
    if (scene === null || width < 20 || height < 20) return;
    const dense = Math.min(3, devicePixelRatio || 1);
    const [w, h] = [Math.round(width * dense), Math.round(height * dense)];
    if (this.#canvas.width !== w || this.#canvas.height !== h) Object.assign(this.#canvas, { width: w, height: h });
    this.#colors ??= readColors(this.#canvas.parentElement!);
    const context = this.#canvas.getContext("2d")!;
    drawScene(context, scene, { ...this.#frameOf(scene), dense, colors: this.#colors, pointed: this.#pointed });
    this.#canvas.dataset.turn = String(scene.turn);
  }

  /** Points and how they come to the canvas, in CSS pixels. */
  #frameOf({ plan }: Scene): Pick<Frame, "points" | "scale" | "offset" | "width" | "height"> {
    const points = this.#pointsOf(plan);
    const { clientWidth: width, clientHeight: height } = this.#canvas;
    const box = boundsOf(everyPoint(plan, points));
    const edge = plan.kind === "geojson" ? plan.spacing * 0.15 : plan.spacing * 0.75;
    const [roomX, roomY] = [box.width + 2 * edge, box.height + 2 * edge];
    const whole = Math.min((width - 8) / (roomX || 1), (height - 8) / (roomY || 1));
    const scale = whole * this.#view.near;
    const middle: Point = [box.x - edge + roomX * this.#view.x, box.y - edge + roomY * this.#view.y];
    return { points, scale, offset: [width / 2 - middle[0] * scale, height / 2 - middle[1] * scale], width, height };
  }

  #pointsOf(plan: MapPlan): readonly Point[] {
    if (plan.points !== null) return plan.points;
    let points = this.#layouts.get(plan);
    if (points === undefined) this.#layouts.set(plan, points = layOut(plan.ids.length, plan.networks));
    return points;
  }

  #placeAt(event: PointerEvent): number | null {
    const scene = this.#scene;
    if (scene === null) return null;
    const { points, scale, offset } = this.#frameOf(scene);
    const at: Point = [(event.offsetX - offset[0]) / scale, (event.offsetY - offset[1]) / scale];
    const inside = scene.plan.shapes.findIndex((shape) =>
      shape.kind === "region" &&
      shape.polygons.some(([outer, ...holes]) =>
        outer !== undefined && isWithin(outer, at) && !holes.some((hole) => isWithin(hole, at))
      )
    );
    if (inside >= 0) return inside;
    // Fingers are not as fine as what they point at.
    const most = Math.max(scene.plan.spacing * 0.72, 14 / scale);
    const found = nearest(points, at, scene.plan.kind === "geojson" ? 18 / scale : most);
    return found < 0 ? null : found;
  }

  #point(place: number | null): void {
    if (place === this.#pointed) return;
    this.#pointed = place;
    this.#events.onPoint(place);
    this.#soon();
  }

  #move(event: PointerEvent): void {
    if (this.#drag === null) return this.#point(this.#placeAt(event));
    const [dx, dy] = [event.offsetX - this.#drag.x, event.offsetY - this.#drag.y];
    if (!this.#drag.isMoved && Math.hypot(dx, dy) < 5) return;
    this.#drag = { x: event.offsetX, y: event.offsetY, isMoved: true };
    const { near, x, y } = this.#view;
    const { clientWidth, clientHeight } = this.#canvas;
    this.#look({ near, x: x - dx / clientWidth / near, y: y - dy / clientHeight / near });
  }

  #down(event: PointerEvent): void {
    if (event.button !== 0) return;
    this.#drag = { x: event.offsetX, y: event.offsetY, isMoved: false };
    if (this.#view.near > 1) this.#canvas.setPointerCapture(event.pointerId);
  }

  #up(event: PointerEvent): void {
    const drag = this.#drag;
    this.#drag = null;
    if (drag === null || drag.isMoved) return;
    const place = this.#placeAt(event);
    this.#point(place);
    this.#events.onChoose(place);
  }

  #press(event: KeyboardEvent): void {
    if (event.altKey || event.ctrlKey || event.metaKey || this.#scene === null) return;
    const { key } = event;
    const direction = DIRECTIONS[key];
    if (direction !== undefined) this.#step(this.#scene, direction);
    else if ((key === "Enter" || key === " ") && this.#pointed !== null) this.#events.onChoose(this.#pointed);
    else if (key === "Escape") this.#events.onChoose(null);
    else if (key === "+" || key === "=") this.zoom(1.5);
    else if (key === "-") this.zoom(1 / 1.5);
    else if (key === "0") this.fit();
    else return;
    event.preventDefault();
  }

  #step(scene: Scene, direction: Point): void {
    const { points, scale, offset, width, height } = this.#frameOf(scene);
    if (points.length === 0) return;
    const middle: Point = [(width / 2 - offset[0]) / scale, (height / 2 - offset[1]) / scale];
    const from = this.#pointed ?? scene.chosen;
    const to = from === null ? nearest(points, middle, Infinity) : stepFrom(points, from, direction);
    this.#point(to);
    const [x, y] = [points[to]![0] * scale + offset[0], points[to]![1] * scale + offset[1]];
    if (x >= 0 && x <= width && y >= 0 && y <= height) return;
    // What is out of sight comes to the middle.
    const { near } = this.#view;
    this.#look({
      near,
      x: this.#view.x + (x - width / 2) / width / near,
      y: this.#view.y + (y - height / 2) / height / near,
    });
  }

  #wheel(event: WheelEvent): void {
    // The page is scrolled by a wheel alone.
    if (!event.ctrlKey && !event.metaKey) return;
    event.preventDefault();
    this.zoom(Math.exp(-event.deltaY / 200));
  }
}

function* everyPoint(plan: MapPlan, points: readonly Point[]): Generator<Point> {
  yield* points;
  for (const shape of plan.shapes) {
    if (shape.kind !== "region") return;
    for (const [outer] of shape.polygons) yield* outer ?? [];
    for (const line of shape.lines) yield* line;
  }
}

function isWithin(ring: readonly Point[], [x, y]: Point): boolean {
  let isInside = false;
  for (let i = 0, j = ring.length - 1; i < ring.length; j = i++) {
    const [ax, ay] = ring[i]!;
    const [bx, by] = ring[j]!;
    if (ay > y !== by > y && x < (bx - ax) * (y - ay) / (by - ay) + ax) isInside = !isInside;
  }
  return isInside;
}
