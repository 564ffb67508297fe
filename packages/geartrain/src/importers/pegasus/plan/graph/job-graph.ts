import { javaHashOrder, tableSize } from "./hash-order.ts"

/** Jobs by name, with who waits for whom. */
export class JobGraph<Content> {
  readonly #nodes = new Map<string, GraphNode<Content>>()
  #most = 0

  add(name: string, content: Content): void {
    this.#nodes.set(name, { name, content, parents: new Set(), children: new Set() })
    this.#most = Math.max(this.#most, this.#nodes.size)
  }

  get size(): number {
    return this.#nodes.size
  }

  has(name: string): boolean {
    return this.#nodes.has(name)
  }

  /** @throws {RangeError} when it is not there. */
  node(name: string): GraphNode<Content> {
    const node = this.#nodes.get(name)
    if (node === undefined) throw new RangeError(`the graph has no job "${name}"`)
    return node
  }

  link(parent: string, child: string): void {
    if (parent === child) return
    this.node(parent).children.add(child)
    this.node(child).parents.add(parent)
  }

  unlink(parent: string, child: string): void {
    this.node(parent).children.delete(child)
    this.node(child).parents.delete(parent)
  }

  /** Takes a job out; those that waited for it wait for those that it waited for. */
  remove(name: string): void {
    const { parents, children } = this.node(name)
    for (const child of children) this.node(child).parents.delete(name)
    for (const parent of parents) {
      this.node(parent).children.delete(name)
      for (const child of children) this.link(parent, child)
    }
    this.#nodes.delete(name)
  }

  unlinkAll(): void {
    for (const { parents, children } of this.#nodes.values()) {
      parents.clear()
      children.clear()
    }
  }

  /** In the order in which a table of Java's gives them. */
  nodes(): GraphNode<Content>[] {
    return javaHashOrder(this.#nodes.keys(), tableSize(this.#most)).map((name) => this.node(name))
  }

  /**
   * Level by level from those that wait for nobody: a job comes when all that it waits for have come, and its depth is one more than that
   * of the last of them. Depths count from 0. Jobs that wait for each other do not come.
   */
  topDown(): readonly Placed<Content>[] {
    return this.#walk("children", "parents")
  }

  bottomUp(): readonly Placed<Content>[] {
    return this.#walk("parents", "children")
  }

  edges(): (readonly [string, string])[] {
    return [...this.#nodes.values()].flatMap(({ name, children }) =>
      [...children].map((child) => [name, child] as const),
    )
  }

  #walk(ahead: "children" | "parents", behind: "children" | "parents"): readonly Placed<Content>[] {
    const placed: Placed<Content>[] = []
    const open = new Map<string, number>()
    for (const node of this.nodes()) {
      if (node[behind].size === 0) placed.push({ node, depth: 0 })
      else open.set(node.name, node[behind].size)
    }
    for (let next = 0; next < placed.length; next++) {
      const { node, depth } = placed[next] as Placed<Content>
      for (const name of inOrder(node[ahead])) {
        const left = (open.get(name) ?? 0) - 1
        open.set(name, left)
        if (left === 0) placed.push({ node: this.node(name), depth: depth + 1 })
      }
    }
    return placed
  }
}

export interface GraphNode<Content> {
  readonly name: string
  readonly content: Content
  readonly parents: Set<string>
  readonly children: Set<string>
}

export interface Placed<Content> {
  readonly node: GraphNode<Content>
  readonly depth: number
}

function inOrder(names: ReadonlySet<string>): Iterable<string> {
  return names.size < 2 ? names : javaHashOrder(names)
}
