/** What a job asks of the machine that runs it. Jobs that ask for the same wait in the same lane. */
export interface JobResources {
  /** Processors that the runner has to have free. */
  readonly cpus?: number
  readonly memoryBytes?: number
  readonly gpus?: number
  /** Labels that the runner has to carry, each with this value. */
  readonly labels?: Readonly<Record<string, string>>
  /** Capabilities that the runner has to offer, by equality: those that the gear's manifest asks for, and more. */
  readonly capabilities?: readonly string[]
}
