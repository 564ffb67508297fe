import { type GearManifest, GeartrainError, isGeartrainError } from "@geartrain/spec"
import type { Caller } from "../../people/caller.ts"
import type { FiledPlace } from "../job-archive.ts"
import type { QueuePorts } from "../queue-ports.ts"
import type { JobOrder, QueuedInput } from "./job-order.ts"

/**
 * Finds the place that a job's outputs go to, on which the caller may write and run gears: the one that is asked for, or that of the first file
 * input that the gear requires, in the order of its manifest.
 *
 * @throws {GeartrainError} DESTINATION_MISSING, PLACE_NOT_FOUND, PLACE_UNFIT, NOT_PERMITTED.
 */
export async function resolveDestination(
  ports: QueuePorts,
  caller: Caller,
  asked: { readonly order: JobOrder; readonly manifest: GearManifest; readonly inputs: readonly QueuedInput[] },
): Promise<FiledPlace> {
  const { order } = asked
  const near = order.byContent === undefined ? placeOfInputs(asked.manifest, asked.inputs) : undefined
  const reference = order.destination ?? near
  if (reference === undefined) {
    throw new GeartrainError(
      "DESTINATION_MISSING",
      `Cannot run gear "${asked.manifest.name}": it is not said where its outputs go, and there is no file input that would tell`,
      { hint: "Name a place as the destination" },
    )
  }
  const missing = (): GeartrainError =>
    new GeartrainError(
      "PLACE_NOT_FOUND",
      `Cannot find ${JSON.stringify(reference.slice(0, 300).toWellFormed())}: there is no such place that you can see`,
    )
  const place = await ports.jobArchive.findPlace(ports.database.read, reference)
  if (place === undefined) throw missing()
  await ports.access
    .need(caller, { right: "run", project: place.project, action: "job.submit", target: place.id })
    .catch((error: unknown) => {
      throw isGeartrainError(error, "PROJECT_NOT_FOUND") ? missing() : error
    })
  if (place.type !== "group" && place.type !== "collection") return place
  throw new GeartrainError("PLACE_UNFIT", `Cannot send outputs to a ${place.type}: files do not lie in one`, {
    hint: "Name a project, subject, session, acquisition or analysis",
  })
}

function placeOfInputs(manifest: GearManifest, inputs: readonly QueuedInput[]): string | undefined {
  const files = Object.entries(manifest.inputs).filter(([, { base }]) => base === "file")
  const required = files.filter(([, declared]) => declared["optional"] !== true)
  for (const [name] of [...required, ...files]) {
    const given = inputs.find(({ input }) => input === name || input.startsWith(`${name}/`))
    // Outputs are never added to an analysis that was not made for this job.
    if (given?.place !== undefined && given.place.type !== "analysis") return given.place.id
  }
  return undefined
}
