import type { Destination } from "@geartrain/spec"
import { findContext, findPlace, type Hierarchy, type Place, placesUpwards } from "@geartrain/spec/archive"
import { findInput } from "../../archive/hierarchy/find-input.ts"
import { type Archive, readArchive } from "../../archive/hierarchy/read-archive.ts"
import type { JobRequest } from "../../engine/job-request.ts"
import { sha256 } from "../../system/hash.ts"
import type { Given } from "../command.ts"
import { hierarchyFile } from "./hierarchy-flags.ts"

/** An archive that a job runs in, and the place that it runs for. */
export interface ArchiveWork {
  readonly archive: Archive
  readonly destination: Place
  /** What the job says is written into the document. */
  readonly apply: boolean
}

/** A request that has been put into a hierarchy, if the user named one. */
export interface PlacedRequest {
  readonly request: JobRequest
  readonly work?: ArchiveWork
}

/**
 * Puts a request into the hierarchy that the user named, as a platform would: inputs have what is known of them and where they lie, contexts
 * are looked up from the destination upwards.
 *
 * The destination is what the user says, else what a config.json said, else the place of the first file input that lies in the hierarchy, else
 * the project.
 *
 * @throws {GeartrainError} USAGE, HIERARCHY_INVALID, PLACE_NOT_FOUND
 */
export async function useHierarchy(request: JobRequest, given: Given): Promise<PlacedRequest> {
  const file = hierarchyFile(given)
  if (file === undefined) return { request }
  const archive = await readArchive(file)
  const inputs = await placeInputs(request, archive)
  const destination = findDestination(archive.hierarchy, { named: given.text("destination"), request, inputs })
  const line = [destination, ...placesUpwards(archive.hierarchy, destination.parent ?? "")]
  return {
    request: { ...inputs.request, contexts: contextsOf(request, line), destination: destinationOf(destination) },
    work: { archive, destination, apply: given.has("apply") },
  }
}

interface PlacedInputs {
  readonly request: JobRequest
  /** Of the first file input, by the manifest, that lies in the hierarchy. */
  readonly first?: Place
}

async function placeInputs(request: JobRequest, archive: Archive): Promise<PlacedInputs> {
  const files = { ...request.files }
  const names = { ...request.fileNames }
  const objects = { ...request.fileObjects }
  const filePlaces = { ...request.filePlaces }
  const order = Object.keys(request.gear.manifest.inputs)
  let first: Place | undefined
  // One of several files is named by its input, a slash, and its own name.
  const rank = (name: string): number => order.indexOf(name.split("/")[0] ?? "")
  for (const [name, text] of Object.entries(files).sort(([a], [b]) => rank(a) - rank(b))) {
    const found = await findInput(archive, text)
    if (found === undefined) continue
    first ??= found.place
    files[name] = found.path
    names[name] = found.file.name
    objects[name] = { ...found.file.fields, ...objects[name] }
    filePlaces[name] = destinationOf(found.place)
  }
  const placed = { ...request, files, fileNames: names, fileObjects: objects, filePlaces }
  return { request: placed, ...(first === undefined ? {} : { first }) }
}

function findDestination(
  hierarchy: Hierarchy,
  from: { readonly named: string | undefined; readonly request: JobRequest; readonly inputs: PlacedInputs },
): Place {
  if (from.named !== undefined) return findPlace(hierarchy, from.named, sha256)
  const id = from.request.destination?.id
  const told = hierarchy.places.find((place) => place.id === id && place.level !== "group")
  const project = hierarchy.places.find((place) => place.level === "project")
  const found = told ?? from.inputs.first ?? project
  if (found === undefined) throw new TypeError("A hierarchy has a project")
  return found
}

function destinationOf(place: Place): Destination {
  return { type: place.level, id: place.id }
}

/** What the user says comes first. */
function contextsOf(request: JobRequest, line: readonly Place[]): NonNullable<JobRequest["contexts"]> {
  const names = Object.entries(request.gear.manifest.inputs).flatMap(([name, { base }]) =>
    base === "context" ? [name] : [],
  )
  const found = names.flatMap((name) => {
    const context = findContext(line, name)
    return context === undefined ? [] : [[name, context.value] as const]
  })
  return { ...Object.fromEntries(found), ...request.contexts }
}
