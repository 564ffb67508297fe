import { canonicalJson, type JsonValue } from "@geartrain/spec"
import type { Datum, DatumPart } from "../datums/datum.ts"
import type { DatumCode } from "../datums/datum-key.ts"
import type { DatumRecord } from "../datums/datum-record.ts"
import type { CheckedPipeline } from "../document/read-pipeline.ts"
import type { ReadCommit, TreeFile } from "../folders/commit.ts"
import { type CommitStore, outputOf } from "../folders/commit-store.ts"
import { filesAt } from "../folders/tree.ts"
import type { Before } from "./before.ts"
import { mergeOutputs } from "./merge-outputs.ts"

interface Known {
  readonly checked: CheckedPipeline
  readonly code: DatumCode
  readonly before: Before | undefined
  readonly store: CommitStore
}

/** Tells why a datum has to be done: the first thing that differs from the commit before. What that had read is looked up once it is needed. */
export function whyRun(
  known: Known,
): (one: { readonly datum: Datum; readonly key: string; readonly before?: DatumRecord }) => Promise<string> {
  const { before } = known
  const code = before === undefined ? undefined : changedCode(known, before)
  const earlier = new Map<string, Promise<readonly TreeFile[]>>()
  const filesBefore = (input: string): Promise<readonly TreeFile[]> => {
    const files = earlier.get(input) ?? readBefore(input, known)
    earlier.set(input, files)
    return files
  }
  return async (one) => {
    if (before === undefined) return "the pipeline has never run"
    if (one.before === undefined) return "there was no datum of these paths"
    if (one.before.state === "failed" && one.before.key === one.key) return `it failed in commit ${one.before.since}`
    if (one.before.state === "recovered" && one.before.key === one.key) return "those that were recovered are asked for"
    if (code !== undefined) return code
    for (const part of one.datum) {
      if (part.reference === true) continue
      const changed = changedFile(part, filesAt(await filesBefore(part.input), part.path))
      if (changed !== undefined) return changed
    }
    return "how its files are given changed"
  }
}

/** What differs in the gear, its config or the salt. */
function changedCode({ checked, code }: Known, { commit, origin }: Before): string | undefined {
  const { gear } = checked
  if (origin.gear.id !== gear.id) {
    const [was, is] = [origin.gear, { name: gear.manifest.name, version: gear.manifest.version }].map(
      ({ name, version }) => `${name}@${version}`,
    )
    return was === is ? `gear ${is} was made anew since commit ${commit.number}` : `gear ${was} became ${is}`
  }
  const names = new Set([...Object.keys(origin.config), ...Object.keys(code.config)])
  for (const name of [...names].sort()) {
    const [was, is] = [origin.config[name] as JsonValue | undefined, code.config[name]]
    if (shown(was) !== shown(is)) return `config ${name} changed from ${shown(was)} to ${shown(is)}`
  }
  if (origin.salt !== code.salt) return "the salt changed"
  return undefined
}

function shown(value: JsonValue | undefined): string {
  return value === undefined ? "its default" : canonicalJson(value)
}

function changedFile(part: DatumPart, before: readonly TreeFile[]): string | undefined {
  const was = new Map(before.map(({ path, digest }) => [path, digest]))
  for (const { path, digest } of part.files) {
    const known = was.get(path)
    if (known === undefined) return `${part.input} has a new file, ${path}`
    if (known !== digest && part.emptyFiles !== true) return `${part.input} has other content in ${path}`
    was.delete(path)
  }
  const [gone] = was.keys()
  return gone === undefined ? undefined : `${part.input} lost a file, ${gone}`
}

/** What an input held when the commit before was made: a folder, or an output, whatever it reads now. Nothing of what is kept no more. */
async function readBefore(name: string, { before, store }: Known): Promise<readonly TreeFile[]> {
  const read = before?.origin.inputs.find((one: ReadCommit) => one.name === name)
  if (read === undefined) return []
  const [folder, output] = [{ kind: "folders", name: read.of } as const, outputOf(read.of)]
  if ((await store.numbers(folder)).includes(read.number)) return store.files(folder, read.number)
  if (!(await store.numbers(output)).includes(read.number)) return []
  return mergeOutputs(await store.datums(output, read.number))
}
