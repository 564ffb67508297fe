/**
 * Groups of nodes that can all reach each other, of at least two nodes: the cycles of a graph.
 *
 * @see Tarjan, "Depth-first search and linear graph algorithms", 1972
 * @example
 *   components(new Map([["a", new Set(["b"])], ["b", new Set(["a"])], ["c", new Set(["a"])]])) // => [["a", "b"]]
 */
export function components(graph: ReadonlyMap<string, ReadonlySet<string>>): readonly (readonly string[])[] {
  const order = new Map<string, number>()
  const low = new Map<string, number>()
  const stack: string[] = []
  const found: string[][] = []

  function walk(node: string): number {
    let lowest = order.size
    order.set(node, lowest)
    stack.push(node)
    for (const next of graph.get(node) ?? []) {
      if (!order.has(next)) lowest = Math.min(lowest, walk(next))
      else if (stack.includes(next)) lowest = Math.min(lowest, order.get(next) ?? lowest)
    }
    low.set(node, lowest)
    if (lowest === order.get(node)) {
      const group = stack.splice(stack.indexOf(node))
      if (group.length > 1) found.push(group.sort())
    }
    return lowest
  }

  for (const node of graph.keys()) if (!order.has(node)) walk(node)
  return found.sort()
}
