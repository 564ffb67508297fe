import type { JobResources } from "@geartrain/spec/server"
import type { RunnerView } from "./queue-view.ts"

/** Whether a runner has what a job asks for, busy or not. */
export function fitsRunner(resources: JobResources, runner: RunnerView): boolean {
  const { cpus = 0, memoryBytes = 0, gpus = 0, labels = {}, capabilities = [] } = resources
  return (
    cpus <= runner.cpus &&
    memoryBytes <= runner.memoryBytes &&
    gpus <= runner.gpus &&
    Object.entries(labels).every(
      ([name, value]) => Object.hasOwn(runner.labels, name) && runner.labels[name] === value,
    ) &&
    capabilities.every((capability) => runner.capabilities.includes(capability))
  )
}

/** Whether a slot of it is free, and what the jobs that it runs left is enough. Jobs that ask for nothing take a slot and no more. */
export function hasRoom(resources: JobResources, runner: RunnerView): boolean {
  if (runner.running.length >= runner.slots) return false
  const left = (member: "cpus" | "memoryBytes" | "gpus"): number =>
    runner[member] - runner.running.reduce((sum, asked) => sum + (asked[member] ?? 0), 0)
  return (["cpus", "memoryBytes", "gpus"] as const).every((member) => {
    const asked = resources[member] ?? 0
    return asked === 0 || asked <= left(member)
  })
}
