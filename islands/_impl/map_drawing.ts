/** Draws a scene: places, what connects them, who is there. */

import type { PlanNetwork, Point } from "../_parts/run/map_plan.ts";
import type { Scene } from "./map.ts";
import { addMark, colorOf, formOf, type MapColors } from "./map_colors.ts";
import { placed } from "./map_geometry.ts";

/** How a scene comes to a canvas. */
export interface Frame {
  readonly points: readonly Point[];
  /** CSS pixels of a unit of the plan. */
  readonly scale: number;
  readonly offset: Point;
  readonly width: number;
  readonly height: number;
  /** Pixels of the screen for each of CSS. */
  readonly dense: number;
  readonly colors: MapColors;
  readonly pointed: number | null;
}

/** Marks of a place that are drawn. */
const MOST_MARKS = 40;
/** Agents that a number stands beside, if there is room. */
const MANY = 12;
/** Edges that are drawn. */
const MOST_EDGES = 20_000;

type Context = CanvasRenderingContext2D;

/** Draws all of it. */
export function drawScene(context: Context, scene: Scene, frame: Frame): void {
  const { dense, width, height } = frame;
  context.setTransform(dense, 0, 0, dense, 0, 0);
  context.clearRect(0, 0, width, height);
  const outlines = outlinesOf(scene, frame);
  const network = scene.map.networks.find(({ name }) => name === scene.network);
  const isFlat = scene.plan.kind !== "network";
  if (isFlat) drawPlaces(context, scene, frame, outlines);
  if (network !== undefined) drawEdges(context, network, frame, roomOf(scene) * frame.scale);
  if (!isFlat) drawPlaces(context, scene, frame, outlines);
  drawAgents(context, scene, frame);
  drawNames(context, scene, frame);
  for (const [place, isPointed] of [[scene.chosen, false], [frame.pointed, true]] as const) {
    if (place !== null && outlines[place] !== undefined) drawRing(context, outlines[place], frame, isPointed);
  }
}

const toX = ([x]: Point, { scale, offset }: Frame) => x * scale + offset[0];
const toY = ([, y]: Point, { scale, offset }: Frame) => y * scale + offset[1];

/** Room for agents in a place, in units of the plan. */
function roomOf({ plan }: Scene): number {
  return { grid: 0.44, hex_grid: 0.74, network: 0.3 * plan.spacing, geojson: 0.2 * plan.spacing }[plan.kind];
}

function outlinesOf(scene: Scene, frame: Frame): readonly Path2D[] {
  const { scale } = frame;
  const room = roomOf(scene);
  return scene.plan.shapes.map((shape, i) => {
    const path = new Path2D();
    const [x, y] = [toX(frame.points[i]!, frame), toY(frame.points[i]!, frame)];
    switch (shape.kind) {
      case "square":
        path.rect(x - scale / 2, y - scale / 2, scale, scale);
        break;
      case "hexagon":
        for (let corner = 0; corner < 6; corner++) {
          const angle = Math.PI / 3 * corner + Math.PI / 6;
          path.lineTo(x + scale * Math.cos(angle), y + scale * Math.sin(angle));
        }
        path.closePath();
        break;
      case "dot":
        path.arc(x, y, Math.max(3, room * scale), 0, 2 * Math.PI);
        break;
      case "region":
        for (const ring of [...shape.polygons.flat(), ...shape.lines]) {
          for (const [at, point] of ring.entries()) {
            if (at === 0) path.moveTo(toX(point, frame), toY(point, frame));
            else path.lineTo(toX(point, frame), toY(point, frame));
          }
        }
    }
    return path;
  });
}

function drawPlaces(context: Context, scene: Scene, frame: Frame, outlines: readonly Path2D[]): void {
  const { colors, scale } = frame;
  const { shades, scale: meaning } = scene.places;
  // Those of one colour together.
  const byColor = new Map<string, Path2D>();
  const all = new Path2D();
  for (const [i, outline] of outlines.entries()) {
    const shape = scene.plan.shapes[i]!;
    const color = colorOf(shades[i] ?? null, meaning, colors, colors.placeRamp) ?? colors.empty;
    let path = byColor.get(color);
    if (path === undefined) byColor.set(color, path = new Path2D());
    // A way is no area.
    if (shape.kind !== "region" || shape.polygons.length > 0) path.addPath(outline);
    all.addPath(outline);
  }
  for (const [color, path] of byColor) {
    context.fillStyle = color;
    context.fill(path, "evenodd");
  }
  const isFine = scale * scene.plan.spacing < 6;
  if (isFine && scene.plan.kind !== "geojson") return;
  context.strokeStyle = scene.plan.kind === "network" || scene.plan.kind === "geojson" ? colors.muted : colors.border;
  context.lineWidth = 1;
  context.stroke(all);
}

function drawEdges(context: Context, { edges, directed }: PlanNetwork, frame: Frame, room: number): void {
  const path = new Path2D();
  for (const [from, to] of edges.slice(0, MOST_EDGES)) {
    const [a, b] = [frame.points[from]!, frame.points[to]!];
    const [ax, ay, bx, by] = [toX(a, frame), toY(a, frame), toX(b, frame), toY(b, frame)];
    path.moveTo(ax, ay);
    path.lineTo(bx, by);
    if (directed) addArrow(path, [ax, ay], [bx, by], Math.max(3, room));
  }
  context.strokeStyle = frame.colors.edge;
  context.lineWidth = edges.length > 500 ? 0.6 : 1.2;
  context.stroke(path);
}

function addArrow(path: Path2D, [ax, ay]: Point, [bx, by]: Point, before: number): void {
  const length = Math.hypot(bx - ax, by - ay);
  if (length < before + 8) return;
  const [ux, uy] = [(bx - ax) / length, (by - ay) / length];
  const [x, y] = [bx - ux * (before + 1), by - uy * (before + 1)];
  path.moveTo(x - ux * 7 - uy * 3.5, y - uy * 7 + ux * 3.5);
  path.lineTo(x, y);
  path.lineTo(x - ux * 7 + uy * 3.5, y - uy * 7 - ux * 3.5);
}

function drawAgents(context: Context, scene: Scene, frame: Frame): void {
  const { colors, scale, width, height } = frame;
  const { shades, scale: meaning } = scene.agents;
  const room = roomOf(scene) * scale;
  const paths = new Map<string, Path2D>();
  let least = Infinity;
  for (const [place, agents] of scene.map.agents.entries()) {
    if (agents.length === 0) continue;
    const [x, y] = [toX(frame.points[place]!, frame), toY(frame.points[place]!, frame)];
    if (x < -room || y < -room || x > width + room || y > height + room) continue;
    const count = Math.min(agents.length, MOST_MARKS);
    const { radius, at } = placed(count);
    const size = Math.max(0.8, Math.min(radius * room, 14));
    least = Math.min(least, size);
    for (const [i, [dx, dy]] of at.entries()) {
      const shade = shades.get(agents[i]!) ?? null;
      const color = colorOf(shade, meaning, colors, colors.agentRamp) ?? colors.text;
      let path = paths.get(color);
      if (path === undefined) paths.set(color, path = new Path2D());
      addMark(path, formOf(shade, meaning), x + dx * room, y + dy * room, size);
    }
  }
  // An edge dark and light, so that marks stand out from places of whatever colour.
  for (const [color, path] of paths) {
    context.strokeStyle = colors.background;
    context.lineWidth = least < 5 ? 1.5 : 4;
    if (least > 1.5) context.stroke(path);
    context.fillStyle = color;
    context.fill(path);
    context.strokeStyle = colors.text;
    context.lineWidth = 1;
    if (least > 4) context.stroke(path);
  }
  if (room < 16) return;
  context.font = "600 11px system-ui, sans-serif";
  context.textAlign = "right";
  context.textBaseline = "bottom";
  for (const [place, { length }] of scene.map.agents.entries()) {
    if (length < MANY) continue;
    written(
      context,
      String(length),
      toX(frame.points[place]!, frame) + room,
      toY(frame.points[place]!, frame) + room,
      frame,
    );
  }
}

/** Names of places, where there are few or they are near. */
function drawNames(context: Context, scene: Scene, frame: Frame): void {
  const { plan } = scene;
  const isNamed = plan.kind === "network" || plan.kind === "geojson";
  const room = plan.spacing * frame.scale;
  if (!isNamed || room < 34) return;
  context.font = "11px system-ui, sans-serif";
  context.textAlign = "center";
  context.textBaseline = "top";
  const below = roomOf(scene) * frame.scale + 3;
  for (const [i, id] of plan.ids.entries()) {
    const point = frame.points[i]!;
    const name = id.length > 18 ? `${id.slice(0, 17).toWellFormed()}…` : id;
    written(context, name, toX(point, frame), toY(point, frame) + below, frame);
  }
}

function written(context: Context, text: string, x: number, y: number, { colors, width, height }: Frame): void {
  if (x < -60 || y < -20 || x > width + 60 || y > height + 20) return;
  context.lineJoin = "round";
  context.lineWidth = 3;
  context.strokeStyle = colors.background;
  context.strokeText(text, x, y);
  context.fillStyle = colors.text;
  context.fillText(text, x, y);
}

function drawRing(context: Context, outline: Path2D, { colors }: Frame, isPointed: boolean): void {
  context.lineJoin = "round";
  context.lineWidth = 4;
  context.strokeStyle = colors.background;
  context.stroke(outline);
  context.lineWidth = 2;
  context.strokeStyle = isPointed ? colors.text : colors.accent;
  context.stroke(outline);
}
