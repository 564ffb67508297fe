import type { Gear, JsonObject, Limits } from "@geartrain/spec"
import { readDuration, readSize, type WrittenResources } from "@geartrain/spec/additions"
import type { PlannedInput, PlanReason, StepPolicy } from "@geartrain/spec/workflow"

/** A job of which is known what it is, and not yet whether it runs. */
export interface DraftJob {
  readonly key: string
  readonly step: string
  readonly each?: JsonObject
  readonly gear: Gear
  readonly config: JsonObject
  readonly inputs: Readonly<Record<string, PlannedInput>>
  readonly after: readonly string[]
  readonly afterOpen: readonly string[]
  readonly network?: "outbound"
  readonly acceptExitCodes?: readonly number[]
  readonly limits?: Limits
  readonly policy: StepPolicy
  /** It is left out, and why. */
  readonly skip?: PlanReason
}

/** What a step says itself goes before what holds for all. */
export function mergePolicy(all: StepPolicy, own: StepPolicy): StepPolicy {
  const { resources, retry, priority, category, reuse, keep } = { ...all, ...definedOf(own) }
  return {
    ...(resources === undefined ? {} : { resources }),
    ...(retry === undefined ? {} : { retry }),
    ...(priority === undefined ? {} : { priority }),
    ...(category === undefined ? {} : { category }),
    ...(reuse === undefined ? {} : { reuse }),
    ...(keep === undefined ? {} : { keep }),
  }
}

/** Resources as numbers; undefined where nothing is said of any that a job can be held to. */
export function limitsOf(resources: WrittenResources | undefined): Limits | undefined {
  if (resources === undefined) return undefined
  const { cpus, memory, disk, time } = resources
  const [memoryBytes, outputBytes] = [sizeOf(memory), sizeOf(disk)]
  const timeMs = time === undefined ? undefined : readDuration(time)
  const limits: Limits = {
    ...(memoryBytes === undefined ? {} : { memoryBytes }),
    ...(cpus === undefined ? {} : { cpuCores: cpus }),
    ...(outputBytes === undefined ? {} : { outputBytes }),
    ...(timeMs === undefined ? {} : { timeMs }),
  }
  return Object.keys(limits).length === 0 ? undefined : limits
}

function sizeOf(text: string | undefined): number | undefined {
  return text === undefined ? undefined : readSize(text)
}

function definedOf(policy: StepPolicy): StepPolicy {
  return Object.fromEntries(Object.entries(policy).filter(([, value]) => value !== undefined))
}
