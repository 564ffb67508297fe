import { type Digest, GeartrainError, isDigest, type JobRecord } from "@geartrain/spec"
import type { Stores } from "../engine-ports.ts"
import { resolveJob } from "../life/resolve-job.ts"
import type { WantedOutput } from "./plan-restoring.ts"

/**
 * Finds the outputs that a word means: a digest; a job, for all that it put out; a job, a slash and the path of one output.
 *
 * @returns undefined for a word that begins like none of these: it may be a file.
 * @throws {GeartrainError} JOB_NOT_FOUND, JOB_AMBIGUOUS; OUTPUT_NOT_FOUND when no recorded job made it.
 */
export async function findWanted(
  word: string,
  stores: Pick<Stores, "jobs">,
): Promise<readonly WantedOutput[] | undefined> {
  if (isDigest(word)) return [await byDigest(word, stores)]
  const [, id = "", path] = /^([0-9a-f]{4,24}|latest)(?:\/(.+))?$/.exec(word) ?? []
  if (id === "" || (id !== "latest" && (await stores.jobs.find(id)).length === 0)) return undefined
  const record = await resolveJob(id, stores)
  if (path === undefined) return record.outputs.map((output) => wantedOf(record, output))
  const output = record.outputs.find((one) => one.path === path)
  if (output !== undefined) return [wantedOf(record, output)]
  const names = record.outputs.slice(0, 5).map((one) => `"${one.path}"`)
  const has = names.length === 0 ? "it has none" : `it has ${names.join(", ")}${record.outputs.length > 5 ? " …" : ""}`
  throw notFound(`Cannot restore output "${path}" of job "${record.id}": ${has}`, {
    hint: `List them: gear show ${record.id}`,
  })
}

/**
 * Finds the output that a file was, by its name alone: the file is gone, so that there are no bytes to know it by. The more folders agree, the
 * better; of equals that have different bytes none is taken.
 *
 * @throws {GeartrainError} OUTPUT_NOT_FOUND; OUTPUT_AMBIGUOUS with the outputs that it could be.
 */
export async function findByName(file: string, stores: Pick<Stores, "jobs">): Promise<WantedOutput> {
  const names = file.split("/").filter((name) => name !== "" && name !== ".")
  let best: { readonly agree: number; readonly found: WantedOutput[] } = { agree: 1, found: [] }
  for (const { id } of await stores.jobs.list({})) {
    const record = await stores.jobs.get(id)
    if (record === undefined || record.forVerification === true) continue
    for (const output of record.outputs) {
      const agree = agreement(names, output.path.split("/"))
      if (agree > best.agree) best = { agree, found: [] }
      if (agree === best.agree) best.found.push(wantedOf(record, output))
    }
  }
  const [first] = best.found
  if (first === undefined) {
    throw notFound(`Cannot restore "${file}": no recorded job put out a file of this name`, {
      hint: "Name a job, an output or a digest: gear restore JOB/OUTPUT",
    })
  }
  if (best.found.every(({ digest }) => digest === first.digest)) return first
  const could = best.found.slice(0, 5).map(({ job, path }) => `${job}/${path}`)
  throw new GeartrainError(
    "OUTPUT_AMBIGUOUS",
    `Cannot restore "${file}": it could be ${could.join(" or ")}${best.found.length > 5 ? " …" : ""}`,
    { details: { file, outputs: could }, hint: `Say which: gear restore ${could[0]} -o '${file}'` },
  )
}

/** How many names agree, from the last on; 0 when the path of the output is not the end of the file's, as far as it goes. */
function agreement(file: readonly string[], output: readonly string[]): number {
  const shared = Math.min(file.length, output.length)
  for (let back = 1; back <= shared; back++) if (file.at(-back) !== output.at(-back)) return 0
  return output.length > file.length ? 0 : shared
}

async function byDigest(digest: Digest, { jobs }: Pick<Stores, "jobs">): Promise<WantedOutput> {
  for (const id of await jobs.naming(digest)) {
    const record = await jobs.get(id)
    const output = record?.outputs.find((one) => one.digest === digest)
    if (record !== undefined && output !== undefined) return wantedOf(record, output)
  }
  throw notFound(`Cannot restore "${digest}": no recorded job put out these bytes`, {
    hint: `See who read them: gear whence ${digest}`,
  })
}

function wantedOf(record: JobRecord, { path, digest, sizeBytes }: JobRecord["outputs"][number]): WantedOutput {
  return { job: record.id, path, digest, sizeBytes }
}

function notFound(message: string, told: { readonly hint: string }): GeartrainError {
  return new GeartrainError("OUTPUT_NOT_FOUND", message, told)
}
