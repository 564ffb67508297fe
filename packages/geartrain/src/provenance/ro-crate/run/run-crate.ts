import type { Digest, Gear } from "@geartrain/spec"
import { actionEntities } from "../action-entities.ts"
import { type Crate, type CrateEntity, fileId, reference } from "../crate.ts"
import { authorEntity, type CrateDescription, descriptorEntity, PROFILES, rootEntity } from "../crate-root.ts"
import { CRATE_CONTEXTS } from "../crate-terms.ts"
import type { CratedJob } from "../crated-job.ts"
import { knownFileEntity } from "../file-entities.ts"
import { gearEntities } from "../gear-entities.ts"
import type { CratedRun, CrateWitness } from "./crated-run.ts"
import { type NamedFiles, runActionId, runActions } from "./run-actions.ts"
import { usageEntities } from "./usage-entities.ts"
import { documentId, parameterId, workflowEntities } from "./workflow-entities.ts"

/**
 * Describes a run of a workflow as an RO-Crate that conforms to the Provenance Run Crate profile, and to those that it stands on: the workflow with
 * its steps and parameters, the run as a whole, and for each try of each job an action with its gear, image, files, config and what it used.
 *
 * @param jobs  The tries that have ended, each once, with where their files lie.
 * @param gears  The gears that are still known, by id.
 * @see https://w3id.org/ro/wfrun/provenance/0.5
 * @see https://w3id.org/ro/wfrun/workflow/0.5
 */
export function runCrate(
  run: CratedRun,
  { jobs, gears }: { readonly jobs: readonly CratedJob[]; readonly gears: ReadonlyMap<string, Gear> },
  description: CrateDescription,
): Crate {
  const author = authorEntity(description.author)
  const placed = placesByDigest(jobs)
  const inputs = namedFiles(Object.entries(run.inputs), placed)
  const outputs = namedFiles([...run.outputs], placed)
  const described = [
    ...workflowEntities(run),
    ...jobs.flatMap(({ record }) => gearEntities(record, gears.get(record.gear.id))),
    ...inputs.flatMap(([, files]) => files),
    ...outputs.flatMap(([, files]) => files),
    ...runActions(run, { inputs, outputs }, author),
    ...jobs.flatMap((job) => jobEntities(job, author)),
    ...run.witnesses.map((witness) => witnessEntity(witness, runActionId(run))),
    ...(author === undefined ? [] : [author]),
  ]
  const entities = withExamples(new Map(described.map((entity) => [entity["@id"], entity])), [
    ...examplesOf("input", inputs),
    ...examplesOf("output", outputs),
  ])
  const profiles = [PROFILES.process, PROFILES.workflow, PROFILES.provenance, PROFILES.workflowCrate]
  const root = rootEntity(entities, {
    title: `Run of ${run.documents[""]?.name ?? "a workflow"}`,
    says: `A run of a workflow with ${jobs.length === 1 ? "one job" : `${jobs.length} jobs`}: what it was made from, what each step did, and what came of it`,
    profiles,
    description,
    mainEntity: reference(documentId(run, "")),
  })
  const descriptor = descriptorEntity([PROFILES.workflowCrate])
  return { "@context": CRATE_CONTEXTS, "@graph": [descriptor, root, ...profiles, ...entities] }
}

/** What a job did, and what it used. */
function jobEntities(job: CratedJob, author: CrateEntity | undefined): readonly CrateEntity[] {
  const [action, ...others] = actionEntities(job, author)
  const usage = usageEntities(job.record)
  if (action === undefined) return others
  const resourceUsage = usage.length === 0 ? {} : { resourceUsage: usage.map(reference) }
  return [{ ...action, ...resourceUsage }, ...others, ...usage]
}

/** Where bytes lie in the crate: whoever made them comes first. */
function placesByDigest(jobs: readonly CratedJob[]): ReadonlyMap<Digest, string> {
  const places = new Map<Digest, string>()
  for (const { record, inputPaths } of jobs) {
    for (const [name, input] of Object.entries(record.invocation.inputs)) {
      const path = inputPaths.get(name)
      if (input.base === "file" && path !== undefined) places.set(input.digest, path)
    }
  }
  for (const { record, outputPaths } of jobs.toReversed()) {
    for (const { path, digest } of record.outputs) {
      const place = outputPaths.get(path)
      if (place !== undefined) places.set(digest, place)
    }
  }
  return places
}

function namedFiles(
  named: readonly (readonly [string, CratedRun["inputs"][string]])[],
  placed: ReadonlyMap<Digest, string>,
): NamedFiles {
  return named.map(([name, files]) => [name, files.map((file) => knownFileEntity(file, placed.get(file.digest)))])
}

/** The parameter that each file stands for, by the ids of both. */
function examplesOf(kind: "input" | "output", named: NamedFiles): readonly (readonly [string, string])[] {
  return named.flatMap(([name, files]) => files.map((file) => [file["@id"], parameterId("", kind, name)] as const))
}

function withExamples(
  entities: ReadonlyMap<string, CrateEntity>,
  examples: readonly (readonly [string, string])[],
): readonly CrateEntity[] {
  const byFile = Map.groupBy(
    examples.filter(([, parameter]) => entities.has(parameter)),
    ([file]) => file,
  )
  return [...entities.values()].map((entity) => {
    const parameters = byFile.get(entity["@id"])
    if (parameters === undefined) return entity
    return { ...entity, exampleOfWork: [...new Set(parameters.map(([, id]) => id))].map(reference) }
  })
}

function witnessEntity({ path, name, type }: CrateWitness, about: string): CrateEntity {
  return { "@id": fileId(path), "@type": "File", name, encodingFormat: type, about: reference(about) }
}
