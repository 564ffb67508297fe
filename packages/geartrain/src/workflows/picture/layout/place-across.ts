import type { Neighbours } from "./order-layers.ts"

/** Half of the rounds look up, half look down; then nothing visible moves any more. */
const ROUNDS = 12

export interface Across {
  /** Widths by the index of the node, in the unit of the result. */
  readonly widths: readonly number[]
  /** Between two nodes of one layer. */
  readonly gap: number
}

/**
 * Where the middle of each node lies across the picture: as near to the mean of its neighbours as its layer allows, in the order of its layer.
 *
 * @returns by the index of the node, with the left edge of the whole at 0.
 */
export function placeAcross(
  layers: readonly (readonly number[])[],
  neighbours: Neighbours,
  { widths, gap }: Across,
): Float64Array {
  const middle = new Float64Array(widths.length)
  for (const layer of layers) {
    let left = 0
    for (const node of layer) {
      const width = widths[node] as number
      middle[node] = left + width / 2
      left += width + gap
    }
  }
  for (let round = 0; round < ROUNDS; round++) {
    const looked = round % 2 === 0 ? neighbours.above : neighbours.below
    for (const layer of round % 2 === 0 ? layers : layers.toReversed()) {
      const wanted = layer.map((node) => mean(looked[node] ?? [], middle) ?? (middle[node] as number))
      const placed = nearest(wanted, distances(layer, { widths, gap }))
      for (const [index, node] of layer.entries()) middle[node] = placed[index] as number
    }
  }
  let left = Number.POSITIVE_INFINITY
  for (const layer of layers) for (const node of layer) left = Math.min(left, edgeOf(node, middle, widths))
  return layers.length === 0 ? middle : middle.map((x) => x - left)
}

function edgeOf(node: number, middle: Float64Array, widths: readonly number[]): number {
  return (middle[node] as number) - (widths[node] as number) / 2
}

/** How far each middle has to be from that of its left neighbour. */
function distances(layer: readonly number[], { widths, gap }: Across): readonly number[] {
  return layer.map((node, index) => {
    const before = layer[index - 1]
    return before === undefined ? 0 : ((widths[before] as number) + (widths[node] as number)) / 2 + gap
  })
}

function mean(nodes: readonly number[], middle: Float64Array): number | undefined {
  if (nodes.length === 0) return undefined
  let sum = 0
  for (const node of nodes) sum += middle[node] as number
  return sum / nodes.length
}

/**
 * The places nearest to what is wanted, by least squares, that keep the order and the distances: neighbours that want to be closer than they may
 * are one block, which goes to the mean of what they want.
 *
 * @see R. E. Barlow et al. (1972), "Statistical Inference under Order Restrictions": pool adjacent violators
 */
export function nearest(wanted: readonly number[], apart: readonly number[]): readonly number[] {
  let offset = 0
  const offsets = apart.map((distance) => {
    offset += distance
    return offset
  })
  const blocks: { sum: number; count: number }[] = []
  for (const [index, want] of wanted.entries()) {
    let block = { sum: want - (offsets[index] as number), count: 1 }
    for (let before = blocks.at(-1); before !== undefined; before = blocks.at(-1)) {
      if (before.sum / before.count <= block.sum / block.count) break
      block = { sum: block.sum + before.sum, count: block.count + before.count }
      blocks.pop()
    }
    blocks.push(block)
  }
  const starts = blocks.flatMap(({ sum, count }) => Array.from({ length: count }, () => sum / count))
  return starts.map((start, index) => start + (offsets[index] as number))
}
