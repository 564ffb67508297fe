import type { GearStep, Retry } from "@geartrain/spec/workflow"
import type { Properties } from "../catalogs/properties.ts"
import { profilesOfProperties } from "../plan/jobs/property-profiles.ts"
import type { Profiles } from "../workflow/profiles.ts"
import type { TakenOver } from "./take-over.ts"

/** How a step is carried out, as far as profiles say it. */
export type Policy = Pick<GearStep, "resources" | "retry" | "priority" | "category">

/** Profiles that are numbers here; the others that are followed are `env`, `priority` and `category`. */
const NUMBERS: ReadonlyMap<string, readonly string[]> = new Map([
  ["pegasus", ["cores", "memory", "diskspace", "runtime", "gpus"]],
  ["dagman", ["retry", "RETRY"]],
  ["condor", ["request_cpus", "request_memory"]],
])
const WORDS: ReadonlyMap<string, readonly string[]> = new Map([
  ["dagman", ["priority", "PRIORITY", "category", "CATEGORY"]],
  ["condor", ["priority"]],
])

/** Makes the policy of a step, and tells of each profile whether it is followed. */
export function policyOf(profiles: Profiles, rows: TakenOver[]): Policy {
  const pegasus = profiles["pegasus"] ?? {}
  const dagman = profiles["dagman"] ?? {}
  const condor = profiles["condor"] ?? {}
  const cores = positive(pegasus["cores"] ?? condor["request_cpus"])
  const memory = positive(pegasus["memory"] ?? condor["request_memory"])
  const disk = positive(pegasus["diskspace"])
  const seconds = positive(pegasus["runtime"])
  const gpus = positive(pegasus["gpus"])
  const retries = positive(dagman["retry"] ?? dagman["RETRY"])
  const priority = whole(dagman["priority"] ?? dagman["PRIORITY"] ?? condor["priority"])
  const category = dagman["category"] ?? dagman["CATEGORY"]
  tellProfiles(profiles, rows)
  const resources = {
    ...(cores === undefined ? {} : { cpus: cores }),
    ...(memory === undefined ? {} : { memory: `${Math.ceil(memory)}m` }),
    ...(disk === undefined ? {} : { disk: `${Math.ceil(disk)}m` }),
    ...(seconds === undefined ? {} : { time: `${Math.ceil(seconds)}s` }),
    ...(gpus === undefined ? {} : { gpu: gpus }),
  }
  return {
    ...(Object.keys(resources).length === 0 ? {} : { resources }),
    ...(retries === undefined ? {} : { retry: retryOf(retries) }),
    ...(priority === undefined ? {} : { priority }),
    ...(category === undefined || category === "" ? {} : { category }),
  }
}

/** DAGMan tries again whatever it was that failed. */
function retryOf(retries: number): Retry {
  return { attempts: Math.floor(retries) + 1, on: ["memory", "time", "disk", "machine", "exit"] }
}

function positive(text: string | undefined): number | undefined {
  return text !== undefined && isNumber(text) && Number(text) > 0 ? Number(text) : undefined
}

function whole(text: string | undefined): number | undefined {
  return text !== undefined && /^\s*[-+]?\d{1,15}\s*$/.test(text) ? Number(text) : undefined
}

function isNumber(text: string): boolean {
  return /^\s*\d{1,15}(\.\d+)?\s*$/.test(text)
}

function tellProfiles(profiles: Profiles, rows: TakenOver[]): void {
  for (const [namespace, keys] of Object.entries(profiles)) {
    if (namespace === "env") continue
    for (const [key, value] of Object.entries(keys)) {
      const what = `profile ${namespace}.${key}`
      if (NUMBERS.get(namespace)?.includes(key) === true && !isNumber(value))
        rows.push({ what, taken: "no", how: `It is no number that can be followed: ${value}` })
      else if (isFollowed(namespace, key) && /^priority$/i.test(key) && whole(value) === undefined)
        rows.push({ what, taken: "no", how: `It is no whole number: ${value}` })
      else if (isFollowed(namespace, key))
        rows.push({ what, taken: "yes", how: "Resources, retry, priority or category of the step" })
      else if (/^exitcode\.|^(success|failure)/i.test(key))
        rows.push({ what, taken: "no", how: "A job's exit code alone says whether it failed, and not what it prints" })
      else rows.push({ what, taken: "no", how: "It is about HTCondor or how Pegasus plans" })
    }
  }
}

function isFollowed(namespace: string, key: string): boolean {
  return NUMBERS.get(namespace)?.includes(key) === true || WORDS.get(namespace)?.includes(key) === true
}

/** Whether a property says something of all jobs that is followed, as a profile would. */
export function isFollowedProperty(property: string): boolean {
  const [namespace = "", ...key] = property.split(".")
  return key.length > 0 && (namespace === "env" || isFollowed(namespace, key.join(".")))
}

/** Variables of the program, a line each. One that no shell can set is left out. */
export function environmentOf(profiles: Profiles, rows: TakenOver[]): string {
  const lines: string[] = []
  for (const [name, value] of Object.entries(profiles["env"] ?? {})) {
    const what = `profile env.${name}`
    if (/^[A-Za-z_]\w*$/.test(name)) {
      lines.push(`${name}=${value.replaceAll("\n", " ")}`)
      rows.push(
        value.includes("\n")
          ? { what, taken: "changed", how: "The program gets it in its environment, in one line" }
          : { what, taken: "yes", how: "The program gets it in its environment" },
      )
    } else rows.push({ what, taken: "no", how: "A shell has no variables of such names" })
  }
  return lines.join("\n")
}

/** Profiles for all jobs that properties set, as far as they are followed: they count where nothing else says it. */
export function propertyProfiles(properties: Properties): Profiles {
  return Object.fromEntries(
    Object.entries(profilesOfProperties(properties)).map(([namespace, keys]) => [
      namespace,
      Object.fromEntries(Object.entries(keys).filter(([key]) => namespace === "env" || isFollowed(namespace, key))),
    ]),
  )
}
