/** What a job takes up while it runs. */
export interface Demand {
  readonly cpus: number
  readonly memoryBytes: number
  readonly category?: string
}

/** A job that could run. */
export interface Ready {
  readonly demand: Demand
  readonly priority: number
  /** Place in the plan: of equals, the first comes first. */
  readonly order: number
}

/** `later`: its category has no place. `room`: the machine has not. */
export type Fit = "now" | "later" | "room"

/** After so many others went before it, a job for which there is no room is waited for: else a large one would never run. */
const MOST_OVERTAKEN = 64

/**
 * Jobs that could run: higher priority first, then in the order of the plan. One that does not fit is overtaken by those that do, for a while.
 *
 * Jobs that take up the same stand in one line, so that a choice costs as many looks as there are kinds of jobs.
 */
export class ReadyQueue<Item extends Ready> {
  readonly #lines = new Map<string, Line<Item>>()
  #size = 0

  get size(): number {
    return this.#size
  }

  add(item: Item): void {
    const { cpus, memoryBytes, category } = item.demand
    const kind = `${cpus} ${memoryBytes} ${category ?? ""}`
    const line = this.#lines.get(kind) ?? { heap: [], overtaken: 0 }
    this.#lines.set(kind, line)
    push(line.heap, item)
    this.#size += 1
  }

  /** Takes the first that fits. */
  take(fits: (demand: Demand) => Fit): Item | undefined {
    const passed: Line<Item>[] = []
    for (const line of this.#inOrder()) {
      const head = line.heap[0]
      if (head === undefined) continue
      const found = fits(head.demand)
      if (found === "now") {
        for (const other of passed) other.overtaken += 1
        line.overtaken = 0
        this.#size -= 1
        return pop(line.heap)
      }
      if (found === "later") continue
      if (line.overtaken >= MOST_OVERTAKEN) return undefined
      passed.push(line)
    }
    return undefined
  }

  /** In no order. */
  *items(): Iterable<Item> {
    for (const { heap } of this.#lines.values()) yield* heap
  }

  #inOrder(): readonly Line<Item>[] {
    const lines = [...this.#lines.values()].filter(({ heap }) => heap.length > 0)
    return lines.length < 2 ? lines : lines.sort((a, b) => compare(a.heap[0], b.heap[0]))
  }
}

interface Line<Item> {
  readonly heap: Item[]
  /** How often another went before its head for want of room. */
  overtaken: number
}

function compare(a: Ready | undefined, b: Ready | undefined): number {
  if (a === undefined || b === undefined) return 0
  return b.priority - a.priority || a.order - b.order
}

function push<Item extends Ready>(heap: Item[], item: Item): void {
  heap.push(item)
  for (let at = heap.length - 1; at > 0; ) {
    const above = (at - 1) >> 1
    if (compare(heap[above], heap[at]) <= 0) return
    swap(heap, at, above)
    at = above
  }
}

function pop<Item extends Ready>(heap: Item[]): Item | undefined {
  const [first] = heap
  const last = heap.pop()
  if (last === undefined || heap.length === 0) return first
  heap[0] = last
  for (let at = 0; ; ) {
    const [left, right] = [2 * at + 1, 2 * at + 2]
    let least = at
    if (left < heap.length && compare(heap[left], heap[least]) < 0) least = left
    if (right < heap.length && compare(heap[right], heap[least]) < 0) least = right
    if (least === at) return first
    swap(heap, at, least)
    at = least
  }
}

function swap<Item>(heap: Item[], a: number, b: number): void {
  const [one, other] = [heap[a], heap[b]]
  if (one === undefined || other === undefined) return
  heap[a] = other
  heap[b] = one
}
