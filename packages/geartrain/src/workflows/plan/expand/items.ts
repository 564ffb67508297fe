import { basename } from "node:path"
import type { Gear, JsonObject, JsonValue } from "@geartrain/spec"
import { readAdditions } from "@geartrain/spec/additions"
import {
  type AwaitedFiles,
  compilePathGlob,
  type FileSource,
  isFileSource,
  type KnownFile,
  type PathGlob,
  readSource,
  type ScatterSource,
} from "@geartrain/spec/workflow"
import { pick } from "../../orders/take-inputs.ts"
import type { Item, Items } from "./item.ts"
import { type Facts, NOTHING, type Part, type Scope, type Waits, waitsOf } from "./scope.ts"
import { sourceParts } from "./source-parts.ts"

/** The items of one source of a scatter, in order; `open` where the jobs are not done that tell how many there are. */
export function sourceItems(source: ScatterSource, scope: Scope, facts: Facts): readonly Item[] | "open" {
  if (!isFileSource(source)) return (source as readonly JsonValue[]).map(valueItem)
  const named = readSource(source.from)
  if (named?.kind === "parameter") {
    const values = scope.parameters[named.name]
    return (Array.isArray(values) ? (values as readonly JsonValue[]) : []).map(valueItem)
  }
  const glob = source.glob === undefined ? undefined : compilePathGlob(source.glob)
  const found = fileItems(source, scope, facts)
  if (found === "open") return "open"
  const isFolder = named?.kind === "input" && scope.workflow.inputs?.[named.name]?.takes === "folder"
  return found.flatMap(({ file, path, after }) => {
    const caught = matched(glob, isFolder ? path.slice(path.indexOf("/") + 1) : path)
    return caught === undefined ? [] : [{ name: basename(path), file, caught, after }]
  })
}

/** What an item is called for people and in values: `reads`, and `reads.1` for what its first group caught. */
export function describeItems(items: Items): JsonObject {
  const described: Record<string, JsonValue> = {}
  for (const [name, { name: value, caught }] of items) {
    described[name] = value
    for (const [index, text] of caught.entries()) described[`${name}.${index + 1}`] = text
  }
  return described
}

function valueItem(name: JsonValue): Item {
  return { name, caught: [], after: NOTHING }
}

function matched(glob: PathGlob | undefined, path: string): readonly string[] | undefined {
  return glob === undefined ? [] : glob.match(path)
}

interface FoundFile {
  readonly file: KnownFile | AwaitedFiles
  readonly path: string
  readonly after: Waits
}

function fileItems(source: FileSource, scope: Scope, facts: Facts): readonly FoundFile[] | "open" {
  const named = readSource(source.from)
  const result = named?.kind === "step" ? scope.results.get(named.step) : undefined
  const promised =
    result?.kind === "jobs" && named?.kind === "step" ? promisedPath(result.gear, named.output) : undefined
  const found: FoundFile[] = []
  for (const part of sourceParts(source, scope)) {
    const files = partFiles(part, { promised, facts })
    if (files === "open") return "open"
    for (const file of files) found.push(file)
  }
  return found
}

function partFiles(
  part: Part,
  { promised, facts }: { readonly promised: string | undefined; readonly facts: Facts },
): readonly FoundFile[] | "open" {
  if ("digest" in part) return [{ file: part, path: part.name, after: NOTHING }]
  const keys = "jobs" in part ? part.jobs : facts.keysOf(part.step)
  if (keys === undefined) return "open"
  if (promised !== undefined) return keys.flatMap((key) => promisedFile({ key, part, path: promised }))
  const found: FoundFile[] = []
  for (const key of keys) {
    const outputs = facts.outputsOf(key)
    if (outputs === undefined) return "open"
    if (outputs === "skipped") continue
    const after = { jobs: [key], open: [] }
    for (const file of pick(outputs, part)) found.push({ file, path: file.name, after })
  }
  return found
}

/** A file that its gear promises under one name is an item before it is there; that of a job that is left out, too, so that items keep their numbers. */
function promisedFile({
  key,
  part,
  path,
}: {
  readonly key: string
  readonly part: Exclude<Part, KnownFile>
  readonly path: string
}): readonly FoundFile[] {
  const isPicked = part.files === undefined || compilePathGlob(part.files).match(path) !== undefined
  if (!isPicked) return []
  const file: AwaitedFiles = { jobs: [key], ...(part.output === undefined ? {} : { output: part.output }) }
  return [{ file, path, after: waitsOf([file]) }]
}

/** The path of an output that is always there and is always one file. */
function promisedPath(gear: Gear, output: string | undefined): string | undefined {
  const promises = readAdditions(gear.manifest).outputs ?? {}
  const promise = output !== undefined && Object.hasOwn(promises, output) ? promises[output] : undefined
  const [path, ...more] = promise?.files ?? []
  if (path === undefined || more.length > 0 || promise?.optional === true || /[*?[\]{}()\\!+@|]/.test(path))
    return undefined
  return path
}
