/** Jobs that become one. */
export interface Cluster {
  readonly name: string
  readonly id: string
  /** Names of its jobs, in the order in which they are run. */
  readonly members: readonly string[]
}

/** Which jobs become one, and whether only the first of a cluster, those that wait for nobody in it, bring edges along. */
export interface Clusters {
  readonly clusters: readonly Cluster[]
  readonly edgesOf: "all" | "first"
}
