import type { InvocationDigest } from "@geartrain/spec"
import type { KnownFile } from "@geartrain/spec/workflow"
import type { ReusableJob, StepOrder, WorkflowJobs } from "../../workflow-jobs.ts"
import { listDatums } from "../datums/combine.ts"
import type { Datum } from "../datums/datum.ts"
import { type DatumCode, datumId, datumKey } from "../datums/datum-key.ts"
import type { DatumRecord } from "../datums/datum-record.ts"
import { matchFolder } from "../datums/match-folder.ts"
import { orderDatums } from "../datums/order-datum.ts"
import { type FolderInput, inputName } from "../document/input-tree.ts"
import { readPlace } from "../document/place-text.ts"
import type { CheckedPipeline } from "../document/read-pipeline.ts"
import type { CommitStore } from "../folders/commit-store.ts"
import { type Before, openBefore } from "./before.ts"
import { placeOf } from "./place-of.ts"
import type { Source } from "./sources.ts"
import { whyRun } from "./why-run.ts"

/** What is done about a datum, and why. */
export interface DatumDecision {
  readonly datum: Datum
  readonly id: string
  readonly key: string
  readonly place: string
  readonly action: "keep" | "reuse" | "run"
  /** Ends a sentence. */
  readonly why: string
  /** What became of it in the commit before. */
  readonly before?: DatumRecord
  readonly order: StepOrder
  readonly invocation?: InvocationDigest
  readonly same?: ReusableJob
}

/** All that a run of a pipeline will do. */
export interface PipelinePlan {
  readonly checked: CheckedPipeline
  readonly code: DatumCode
  readonly sources: ReadonlyMap<FolderInput, Source>
  readonly before?: Before
  readonly decisions: readonly DatumDecision[]
  /** Datums of the commit before that are gone. */
  readonly removed: readonly DatumRecord[]
  /** Sentences without full stop that the user should read. */
  readonly warnings: readonly string[]
}

export interface DecideOptions {
  /** Do every datum, whatever is known of it. */
  readonly all?: boolean
  /** Try those again that were recovered. */
  readonly retryRecovered?: boolean
  /** The pipeline that reads what this one gives next, so that the bytes have to be there. */
  readonly readBy?: string
}

export interface DecideMeans {
  readonly jobs: Pick<WorkflowJobs, "invocationOf" | "findSame" | "presence">
  readonly store: CommitStore
  readonly emptyFile: KnownFile
}

/**
 * Lists the datums of a pipeline, and decides of each whether it is kept, taken from a job of the same invocation, or run.
 *
 * @throws {GeartrainError} PIPELINE_TOO_LARGE, PIPELINE_DATUM_UNFIT; INVOCATION_INVALID for a config that the gear does not take.
 */
export async function decideDatums(
  of: { readonly checked: CheckedPipeline; readonly sources: ReadonlyMap<FolderInput, Source> },
  means: DecideMeans,
  options: DecideOptions = {},
): Promise<PipelinePlan> {
  const { checked, sources } = of
  const { pipeline, gear } = checked
  const { config = {}, network, salt } = pipeline
  const granted = network === undefined ? {} : { network }
  const code: DatumCode = { gear: gear.id, config, ...granted, ...(salt === undefined ? {} : { salt }) }
  const before = await openBefore(pipeline.name, means.store)
  const orderOf = orderDatums({ gear, config, ...granted, emptyFile: means.emptyFile })
  const place = readPlace(pipeline.place ?? "")
  const all = options.all === true || pipeline.reprocess === "every_job"
  const open: Omit<DatumDecision, "action" | "why">[] = []
  const ids = new Set<string>()
  const warnings: string[] = []
  for (const datum of listDatums(pipeline.input, (input) => matched(input, sources, warnings))) {
    const id = datumId(datum)
    // A union may give one path twice; it is one datum.
    if (ids.has(id)) continue
    ids.add(id)
    const known = before?.byId.get(id)
    open.push({
      ...{ datum, id, key: datumKey(datum, code), place: placeOf(place, datum), order: orderOf(datum) },
      ...(known === undefined ? {} : { before: known }),
    })
  }
  const gone = all ? undefined : await findGone(open, means, options)
  const why = whyRun({ checked, code, before, store: means.store })
  const decisions: DatumDecision[] = []
  for (const one of open) {
    const reason = all ? undefined : keepReason(one, options)
    const without = gone?.get(one.id)
    if (reason !== undefined && without !== undefined) decisions.push({ ...one, action: "run", why: without })
    else if (reason !== undefined) decisions.push({ ...one, action: "keep", why: reason })
    else decisions.push({ ...one, action: "run", why: all ? "every datum is asked for" : await why(one) })
  }
  return {
    ...{ checked, code, sources, warnings },
    ...(before === undefined ? {} : { before }),
    // Another salt is how a user has everything done again: what was done before is what they do not want.
    decisions:
      all || isSaltedAnew(before, salt) ? decisions : await findSame(decisions, means, pipeline.acceptExitCodes),
    removed: [...(before?.byId.values() ?? [])].filter(({ id }) => !ids.has(id)),
  }
}

function isSaltedAnew(before: Before | undefined, salt: string | undefined): boolean {
  return before !== undefined && before.origin.salt !== salt
}

function* matched(input: FolderInput, sources: ReadonlyMap<FolderInput, Source>, warnings: string[]): Generator<Datum> {
  const source = sources.get(input)
  if (source === undefined) throw new TypeError(`Input "${inputName(input)}" was not opened`)
  let count = 0
  for (const datum of matchFolder(input, source)) {
    count++
    yield datum
  }
  if (count === 0) {
    warnings.push(`glob "${input.glob}" fits nothing in "${inputName(input)}", which has ${source.files.length} files`)
  }
}

/** Why a datum need not be done; nothing where it has to. */
function keepReason(
  { key, before }: Pick<DatumDecision, "key" | "before">,
  { retryRecovered }: DecideOptions,
): string | undefined {
  if (before === undefined || before.key !== key || before.state === "failed") return undefined
  if (before.state === "complete") return `nothing changed since commit ${before.since}`
  return retryRecovered === true ? undefined : `it was recovered in commit ${before.since}, and nothing changed`
}

/**
 * Finds datums that would be kept though bytes that they gave are gone, with why these are made again: because they are read, or nobody had them freed. What
 * was freed and is read by nobody stays so.
 */
async function findGone(
  open: readonly Pick<DatumDecision, "id" | "key" | "before">[],
  { jobs }: Pick<DecideMeans, "jobs">,
  options: DecideOptions,
): Promise<ReadonlyMap<string, string>> {
  const gone = new Map<string, string>()
  const kept = open.filter((one) => keepReason(one, options) !== undefined)
  if (kept.length === 0) return gone
  const outputsOf = ({ before }: (typeof kept)[number]) => before?.outputs ?? []
  const presence = await jobs.presence(kept.flatMap((one) => outputsOf(one).map(({ digest }) => digest)))
  for (const one of kept) {
    for (const { path, digest } of outputsOf(one)) {
      const found = presence.get(digest)
      if (found === "stored" || (found === "freed" && options.readBy === undefined)) continue
      const is = found === "freed" ? `was freed, and "${options.readBy}" reads it` : "is stored no more"
      gone.set(one.id, `its output ${path} ${is}`)
      break
    }
  }
  return gone
}

/** So many are asked for at once. */
const ASKED = 5_000

async function findSame(
  decisions: readonly DatumDecision[],
  { jobs }: Pick<DecideMeans, "jobs">,
  acceptExitCodes: readonly number[] | undefined,
): Promise<readonly DatumDecision[]> {
  const decided: DatumDecision[] = []
  for (let from = 0; from < decisions.length; from += ASKED) {
    const some = decisions.slice(from, from + ASKED).map((decision) => ({
      ...decision,
      ...(decision.action === "run" ? { invocation: jobs.invocationOf(decision.order).digest } : {}),
    }))
    const wanted = some.flatMap(({ invocation }) => (invocation === undefined ? [] : [invocation]))
    const found = wanted.length === 0 ? NONE_FOUND : await jobs.findSame(wanted, acceptExitCodes)
    const here = await jobs.presence([...found.values()].flatMap(({ outputs }) => outputs.map(({ digest }) => digest)))
    for (const decision of some) {
      const same = decision.invocation === undefined ? undefined : found.get(decision.invocation)
      if (same === undefined) decided.push(decision)
      else if (same.outputs.some(({ digest }) => here.get(digest) !== "stored"))
        decided.push({ ...decision, why: `${decision.why}; what the same invocation gave is stored no more` })
      else
        decided.push({
          ...decision,
          action: "reuse",
          same,
          why: `${decision.why}; the same invocation was carried out`,
        })
    }
  }
  return decided
}

const NONE_FOUND: ReadonlyMap<InvocationDigest, ReusableJob> = new Map()
