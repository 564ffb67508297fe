import type { JobDifference } from "../../provenance/diff-invocations.ts"
import type { JobRequest } from "../job-request.ts"

/** Parts of an invocation that can be changed one by one. The environment follows from the gear and its config. */
const CHANGEABLE: readonly JobDifference["part"][] = ["gear", "config", "input", "network", "destination"]

/** The differences between two invocations that a request can be changed by. */
export function changesOf(differences: readonly JobDifference[]): readonly JobDifference[] {
  return differences.filter(({ part }) => CHANGEABLE.includes(part))
}

/** The request of A, with what is named in the changes as it is in that of B. */
export function requestBetween(a: JobRequest, b: JobRequest, changes: readonly JobDifference[]): JobRequest {
  let request = a
  for (const change of changes) request = changed(request, b, change)
  return request
}

function changed(request: JobRequest, b: JobRequest, { part, name }: JobDifference): JobRequest {
  switch (part) {
    case "gear":
      return { ...request, gear: b.gear }
    case "config":
      return { ...request, config: withMember(request.config, b.config, name) }
    case "network":
      return { ...request, network: b.network ?? "none" }
    case "destination":
      return b.destination === undefined ? without(request, "destination") : { ...request, destination: b.destination }
    case "input":
      return {
        ...request,
        files: withMember(request.files, b.files, name),
        readFiles: new Map(Object.entries(withMember(mapped(request.readFiles), mapped(b.readFiles), name))),
        fileNames: withMember(request.fileNames ?? {}, b.fileNames ?? {}, name),
        fileObjects: withMember(request.fileObjects ?? {}, b.fileObjects ?? {}, name),
        filePlaces: withMember(request.filePlaces ?? {}, b.filePlaces ?? {}, name),
        contexts: withMember(request.contexts ?? {}, b.contexts ?? {}, name),
      }
    default:
      throw new TypeError(`A request cannot be changed by its ${part}`)
  }
}

type Named<Value> = Readonly<Record<string, Value>>

function withMember<Value>(own: Named<Value>, other: Named<Value>, name: string): Named<Value> {
  const { [name]: _, ...rest } = own
  const value = Object.hasOwn(other, name) ? other[name] : undefined
  return value === undefined ? rest : { ...rest, [name]: value }
}

function mapped<Value>(map: ReadonlyMap<string, Value> | undefined): Named<Value> {
  return Object.fromEntries(map ?? [])
}

function without(request: JobRequest, _: "destination"): JobRequest {
  const { destination: __, ...rest } = request
  return rest
}
