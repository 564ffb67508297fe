import type { Gear } from "@geartrain/spec"
import type { ClaimedJob } from "@geartrain/spec/server"
import type { JobRequest } from "../../engine/job-request.ts"

/**
 * Says to the engine what the server has assigned.
 *
 * @param paths  Where the bytes of each input lie, by the input's name.
 */
export function requestOf(claimed: ClaimedJob, gear: Gear, paths: ReadonlyMap<string, string>): JobRequest {
  const byInput = <Value>(value: (input: ClaimedJob["inputs"][number]) => Value): Record<string, Value> =>
    Object.fromEntries(claimed.inputs.map((input) => [input.input, value(input)]))
  return {
    id: claimed.job,
    gear,
    config: claimed.config,
    files: Object.fromEntries(paths),
    fileNames: byInput(({ name }) => name),
    fileObjects: byInput(({ object }) => object),
    filePlaces: Object.fromEntries(
      claimed.inputs.flatMap(({ input, place }) => (place === undefined ? [] : [[input, place] as const])),
    ),
    contexts: claimed.contexts,
    // The gear asks the server with the rights of this job, and of this attempt.
    keys: Object.fromEntries(claimed.keys.map((name) => [name, claimed.token])),
    network: claimed.network,
    ...(claimed.destination === undefined ? {} : { destination: claimed.destination }),
    limits: claimed.limits,
  }
}
