/** Which layer each node stands in: below all that it reads of, and no higher than it has to be for those that read of it. */
export interface Layering {
  /** By the index of the node; from 0. */
  readonly layerOf: Int32Array
  readonly layers: number
}

/**
 * Puts nodes into layers in time that grows with nodes and edges alone.
 *
 * @param count  Nodes are the numbers below it.
 * @param edges  From and to. An edge that closes a circle does not count.
 */
export function placeLayers(count: number, edges: readonly (readonly [number, number])[]): Layering {
  const next: number[][] = Array.from({ length: count }, () => [])
  const missing = new Int32Array(count)
  for (const [from, to] of edges) {
    next[from]?.push(to)
    missing[to] = (missing[to] ?? 0) + 1
  }
  const layerOf = new Int32Array(count)
  const order: number[] = []
  for (let node = 0; node < count; node++) if (missing[node] === 0) order.push(node)
  for (let at = 0; at < order.length; at++) {
    const node = order[at] as number
    for (const to of next[node] as number[]) {
      layerOf[to] = Math.max(layerOf[to] as number, (layerOf[node] as number) + 1)
      missing[to] = (missing[to] as number) - 1
      if (missing[to] === 0) order.push(to)
    }
  }
  const hasBefore = new Uint8Array(count)
  for (const [, to] of edges) hasBefore[to] = 1
  // What reads nothing stands just above its first reader, and not at the top of the whole.
  for (let node = 0; node < count; node++) {
    if (hasBefore[node] === 1 || next[node]?.length === 0) continue
    let first = count
    for (const to of next[node] as number[]) first = Math.min(first, layerOf[to] as number)
    layerOf[node] = Math.max(0, first - 1)
  }
  let layers = count === 0 ? 0 : 1
  for (const layer of layerOf) layers = Math.max(layers, layer + 1)
  return { layerOf, layers }
}
