import type { JsonObject } from "@geartrain/spec"
import type { PlannedJob, Workflow } from "@geartrain/spec/workflow"

/** What of a job Pegasus can be told, as profiles, and what it cannot. */
export interface ExportedPolicy {
  readonly profiles: JsonObject
  /** A sentence each, which goes for every job that it is said of. */
  readonly unsaid: readonly string[]
}

/** Limits, retries, priority and category of a job in Pegasus' words: MB, seconds, and tries after the first. */
export function exportPolicy({ limits, policy, acceptExitCodes }: PlannedJob): ExportedPolicy {
  const gpus = policy.resources?.gpu
  const pegasus = {
    ...(limits?.cpuCores === undefined ? {} : { cores: Math.max(1, Math.ceil(limits.cpuCores)) }),
    ...(limits?.memoryBytes === undefined ? {} : { memory: Math.ceil(limits.memoryBytes / 1024 ** 2) }),
    ...(limits?.outputBytes === undefined ? {} : { diskspace: Math.ceil(limits.outputBytes / 1024 ** 2) }),
    ...(limits?.timeMs === undefined ? {} : { runtime: Math.ceil(limits.timeMs / 1000) }),
    ...(gpus === undefined || gpus === 0 ? {} : { gpus }),
  }
  const dagman = {
    ...(policy.retry === undefined ? {} : { retry: policy.retry.attempts - 1 }),
    ...(policy.priority === undefined ? {} : { priority: policy.priority }),
    ...(policy.category === undefined ? {} : { category: policy.category }),
  }
  return {
    profiles: {
      ...(Object.keys(pegasus).length === 0 ? {} : { pegasus }),
      ...(Object.keys(dagman).length === 0 ? {} : { dagman }),
    },
    unsaid: [
      ...(acceptExitCodes === undefined || acceptExitCodes.length === 0
        ? []
        : [`exit codes ${acceptExitCodes.join(", ")} are no failure here, and are one to Pegasus`]),
      ...(policy.retry === undefined || isAnyFailure(policy.retry.on)
        ? []
        : ["Pegasus tries again whatever failed, and not only what is said here"]),
      ...(Object.keys(policy.retry?.grow ?? {}).length === 0 ? [] : ["what is asked for does not grow with each try"]),
      ...(policy.reuse === "never" ? ["Pegasus reuses by the names of files, whatever is said here"] : []),
    ],
  }
}

const ALL_CAUSES = 5

function isAnyFailure(on: readonly string[] | undefined): boolean {
  return new Set(on ?? []).size === ALL_CAUSES
}

/** What the workflow says of all jobs, as properties of Pegasus', and what it cannot be told. */
export function exportLimits({ limits }: Pick<Workflow, "limits">): {
  readonly properties: readonly string[]
  readonly unsaid: readonly string[]
} {
  const { jobs, cpus, memory, categories = {} } = limits ?? {}
  const together = [...(cpus === undefined ? [] : ["cpus"]), ...(memory === undefined ? [] : ["memory"])]
  const unwritten = Object.keys(categories).filter((name) => !isPropertyPart(name))
  return {
    properties: [
      ...(jobs === undefined ? [] : [`dagman.maxjobs = ${jobs}`]),
      ...Object.entries(categories)
        .filter(([name]) => isPropertyPart(name))
        .map(([name, most]) => `dagman.${name}.maxjobs = ${most}`),
    ],
    unsaid: [
      ...(together.length === 0 ? [] : [`the limit of ${together.join(" and ")} over all jobs is the site's matter`]),
      ...unwritten.map((name) => `category ${JSON.stringify(name)} has a name that no property can have: no limit`),
    ],
  }
}

function isPropertyPart(name: string): boolean {
  return /^[\w-]+$/.test(name)
}

/** Says each thing once, with the jobs that it goes for. */
export function tellUnsaid(unsaid: ReadonlyMap<string, readonly string[]>): readonly string[] {
  return [...unsaid].map(([what, keys]) => {
    if (keys.length === 0) return what
    const shown = keys.slice(0, 10).join(", ")
    return `${shown}${keys.length > 10 ? ` and ${keys.length - 10} more` : ""}: ${what}`
  })
}
