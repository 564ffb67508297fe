import { GeartrainError } from "@geartrain/spec"
import type { PipelineInput } from "@geartrain/spec/workflow"
import { type FolderInput, partsOf } from "../document/input-tree.ts"
import { MOST_FILES } from "../folders/commit.ts"
import type { Datum, DatumPart } from "./datum.ts"

/** Cuts the folder of an input into datums. */
export type MatchInput = (input: FolderInput) => Iterable<Datum>

/**
 * Makes the datums of an input, whatever it puts together. Joins and groups look at paths alone, never into files.
 *
 * @throws {GeartrainError} PIPELINE_TOO_LARGE when there are more than a million.
 * @see Pachyderm, src/server/worker/datum/iterator_test.go: what each combinator gives
 */
export function* listDatums(input: PipelineInput, match: MatchInput): Generator<Datum> {
  let count = 0
  for (const datum of combine(input, match)) {
    count++
    if (count > MOST_FILES) {
      throw new GeartrainError("PIPELINE_TOO_LARGE", `Cannot list the datums: there are more than ${MOST_FILES}`, {
        details: { most: MOST_FILES },
        hint: "Use a glob that fits folders and not their files, or join instead of cross",
      })
    }
    yield datum
  }
}

function combine(input: PipelineInput, match: MatchInput): Iterable<Datum> {
  const parts = partsOf(input)
  if (parts === undefined) return match(input as FolderInput)
  const of = parts.of.map((part) => () => combine(part, match))
  switch (parts.by) {
    case "union":
      return union(of)
    case "cross":
      return cross(of)
    case "join":
      return join(of)
    case "group":
      return group(of)
  }
}

type Source = () => Iterable<Datum>

function* union(sources: readonly Source[]): Generator<Datum> {
  for (const source of sources) yield* source()
}

function* cross(sources: readonly Source[]): Generator<Datum> {
  // Read once each: a source may be long to make.
  const lists = sources.map((source) => [...source()])
  if (lists.some((list) => list.length === 0)) return
  yield* crossLists(lists, [])
}

function* crossLists(lists: readonly (readonly Datum[])[], before: Datum): Generator<Datum> {
  const [first, ...rest] = lists
  if (first === undefined) {
    yield before
    return
  }
  for (const datum of first) yield* crossLists(rest, [...before, ...datum])
}

/** What has one key, by source. */
type Tuple = DatumPart[][]

/** Keys in the order in which they are first met. Where a source has nothing of a key, only those that join outwards are there. */
function* join(sources: readonly Source[]): Generator<Datum> {
  const tuples = new Map<string, Tuple>()
  for (const [index, source] of sources.entries()) {
    for (const part of flat(source())) {
      const key = part.joinOn ?? ""
      const tuple = tuples.get(key) ?? sources.map(() => [])
      tuple[index]?.push(part)
      tuples.set(key, tuple)
    }
  }
  for (const tuple of tuples.values()) {
    const isWhole = tuple.every((parts) => parts.length > 0)
    const lists = isWhole ? tuple : tuple.map(outer).filter((parts) => parts.length > 0)
    if (lists.length > 0)
      yield* crossLists(
        lists.map((parts) => parts.map((part) => [part])),
        [],
      )
  }
}

function outer(parts: readonly DatumPart[]): DatumPart[] {
  return parts.filter(({ outerJoin }) => outerJoin === true)
}

function* group(sources: readonly Source[]): Generator<Datum> {
  const groups = new Map<string, DatumPart[]>()
  for (const source of sources) {
    for (const part of flat(source())) {
      const key = part.groupBy ?? ""
      const parts = groups.get(key)
      if (parts === undefined) groups.set(key, [part])
      else parts.push(part)
    }
  }
  yield* groups.values()
}

function* flat(datums: Iterable<Datum>): Generator<DatumPart> {
  for (const datum of datums) yield* datum
}
