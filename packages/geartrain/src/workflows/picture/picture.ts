import type { PlanAction, StepJobState } from "@geartrain/spec/workflow"

/** What a picture shows of a job: what is planned for it, or what became of it. `mixed`: several in one. */
export type PictureState = PlanAction | StepJobState | "waiting" | "mixed"

/** A step, a job, or files that come from outside or are what the whole gives. */
export interface PictureNode {
  /** Made of letters and digits, whatever the names are. */
  readonly id: string
  readonly kind: "input" | "step" | "output"
  /** As people named it: anything may be in it. */
  readonly label: string
  /** What is said below the label, one line each. */
  readonly details: readonly string[]
  readonly state?: PictureState
}

/** Who reads of whom, by the ids of nodes. */
export interface PictureEdge {
  readonly from: string
  readonly to: string
}

/** A graph as it is drawn; each node after those that it reads of. */
export interface Picture {
  readonly title: string
  readonly nodes: readonly PictureNode[]
  readonly edges: readonly PictureEdge[]
}

/** Nodes and edges by names of any kind, collected in order. What is joined twice is one edge. */
export interface PictureBuilder {
  /** What is there already stays as it is, and is not made again. */
  addOnce(name: string, make: () => Omit<PictureNode, "id">): void
  join(from: string, to: string): void
  finish(title: string): Picture
}

export function buildPicture(): PictureBuilder {
  const nodes = new Map<string, PictureNode>()
  const edges = new Map<string, PictureEdge>()
  return {
    addOnce(name, make) {
      if (!nodes.has(name)) nodes.set(name, { id: `n${nodes.size}`, ...make() })
    },
    join(fromName, toName) {
      const [from, to] = [nodes.get(fromName)?.id, nodes.get(toName)?.id]
      if (from !== undefined && to !== undefined && from !== to) edges.set(`${from} ${to}`, { from, to })
    },
    finish: (title) => ({ title, nodes: [...nodes.values()], edges: [...edges.values()] }),
  }
}
