import { type Neighbours, orderLayers } from "./order-layers.ts"
import { placeAcross } from "./place-across.ts"
import { placeLayers } from "./place-layers.ts"

export interface Point {
  readonly x: number
  readonly y: number
}

/** Where everything lies, in the unit that the sizes are in. */
export interface Layout {
  readonly width: number
  readonly height: number
  /** Middles of nodes, by index. */
  readonly nodes: readonly Point[]
  /** Points that an edge goes through, the bottom of its first node and the top of its last included; by index. */
  readonly edges: readonly (readonly Point[])[]
}

export interface LayoutSizes {
  readonly widths: readonly number[]
  /** All nodes are of one height. */
  readonly nodeHeight: number
  readonly gapAcross: number
  readonly gapDown: number
}

/** So many bends at most in all edges: those beyond them are straight lines. */
const MOST_BENDS = 20_000
/** A bend takes as much room as this. */
const BEND_WIDTH = 8

/**
 * Lays out a directed graph in layers from top to bottom. An edge over several layers bends around what lies between; edges of one node share
 * their bends.
 *
 * @param edges  From and to, by index.
 */
export function layOut(edges: readonly (readonly [number, number])[], sizes: LayoutSizes): Layout {
  const count = sizes.widths.length
  const { layerOf, layers: depth } = placeLayers(count, edges)
  const layers: number[][] = Array.from({ length: depth }, () => [])
  for (const [node, layer] of layerOf.entries()) layers[layer]?.push(node)

  const widths = [...sizes.widths]
  const above: number[][] = widths.map(() => [])
  const below: number[][] = widths.map(() => [])
  const join = (upper: number, lower: number): void => {
    above[lower]?.push(upper)
    below[upper]?.push(lower)
  }
  const bends = new Map<string, number>()
  const bendOf = (from: number, layer: number, upper: number): number => {
    const known = bends.get(`${from} ${layer}`)
    if (known !== undefined) return known
    const bend = widths.push(BEND_WIDTH) - 1
    above.push([])
    below.push([])
    bends.set(`${from} ${layer}`, bend)
    layers[layer]?.push(bend)
    join(upper, bend)
    return bend
  }
  let left = MOST_BENDS
  const ways = edges.map(([from, to]) => {
    const [first, last] = [layerOf[from] as number, layerOf[to] as number]
    const way = [from]
    if (last - first > left) return [from, to]
    left -= Math.max(0, last - first - 1)
    for (let layer = first + 1; layer < last; layer++) way.push(bendOf(from, layer, way.at(-1) as number))
    if (last > first) join(way.at(-1) as number, to)
    return [...way, to]
  })

  const neighbours: Neighbours = { above, below }
  const ordered = orderLayers(layers, neighbours)
  const middles = placeAcross(ordered, neighbours, { widths, gap: sizes.gapAcross })
  const layerOfBend = new Map([...bends].map(([key, bend]) => [bend, Number(key.split(" ")[1])]))
  const pointOf = (node: number): Point => {
    const layer = layerOfBend.get(node) ?? (layerOf[node] as number)
    return { x: middles[node] as number, y: layer * (sizes.nodeHeight + sizes.gapDown) + sizes.nodeHeight / 2 }
  }
  const half = sizes.nodeHeight / 2
  return {
    width: widths.reduce((most, width, node) => Math.max(most, (middles[node] as number) + width / 2), 0),
    height: depth === 0 ? 0 : depth * sizes.nodeHeight + (depth - 1) * sizes.gapDown,
    nodes: sizes.widths.map((_, node) => pointOf(node)),
    edges: ways.map((way) =>
      way.map((node, index) => {
        const { x, y } = pointOf(node)
        return { x, y: index === 0 ? y + half : index === way.length - 1 ? y - half : y }
      }),
    ),
  }
}
