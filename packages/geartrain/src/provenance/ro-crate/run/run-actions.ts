import { canonicalJson, type JsonValue } from "@geartrain/spec"
import { type CrateEntity, type Reference, reference } from "../crate.ts"
import { COMPLETED, FAILED } from "../crate-terms.ts"
import type { CratedRun, CratedStepJob } from "./crated-run.ts"
import { documentId, parameterId, stepId } from "./workflow-entities.ts"

export function runActionId({ id }: CratedRun, instance = ""): string {
  return `#run-${id}${instance === "" ? "" : `-${encodeURIComponent(instance)}`}`
}

/** Files that stand for an input or an output of the workflow, by the name of it. */
export type NamedFiles = readonly (readonly [name: string, files: readonly CrateEntity[]])[]

/** What the run as a whole did, what its engine did, and for each job which step it was. */
export function runActions(
  run: CratedRun,
  files: { readonly inputs: NamedFiles; readonly outputs: NamedFiles },
  author: CrateEntity | undefined,
): readonly CrateEntity[] {
  const jobs = run.jobs.filter(({ tries }) => tries.length > 0)
  const values = valueEntities(run)
  const times = {
    ...(run.started === undefined ? {} : { startTime: run.started }),
    ...(run.ended === undefined ? {} : { endTime: run.ended }),
  }
  const agent = author === undefined ? {} : { agent: reference(author) }
  const whole: CrateEntity = {
    "@id": runActionId(run),
    "@type": "CreateAction",
    name: `Run of ${run.documents[""]?.name ?? "a workflow"}`,
    instrument: reference(documentId(run, "")),
    ...agent,
    ...times,
    object: [...files.inputs.flatMap(([, all]) => all), ...values].map(reference),
    result: files.outputs.flatMap(([, all]) => all).map(reference),
    ...statusOf(run.state === "complete" ? undefined : (run.why ?? `it is ${run.state}`)),
  }
  const inner = innerRuns(run, jobs)
  const controls = jobs.map((job) => controlOf(run, job))
  const engine: CrateEntity = {
    "@id": `#geartrain-${encodeURIComponent(run.engine)}`,
    "@type": "SoftwareApplication",
    name: "Geartrain",
    softwareVersion: run.engine,
  }
  // An engine that executed no step organized nothing that could be named.
  const organized: readonly CrateEntity[] =
    controls.length === 0
      ? []
      : [
          {
            "@id": `#organize-${run.id}`,
            "@type": "OrganizeAction",
            name: `Geartrain ${run.engine} carries out run ${run.id}`,
            instrument: reference(engine),
            ...agent,
            ...times,
            object: [...controls, ...inner.filter(({ "@type": type }) => type === "ControlAction")].map(reference),
            result: reference(whole),
          },
        ]
  return [whole, ...inner, ...values, engine, ...controls, ...organized]
}

/** A step's execution, with all tries that it took. */
function controlOf(run: CratedRun, { key, step, state, tries }: CratedStepJob): CrateEntity {
  const failed = state === "complete" || state === "reused" ? undefined : `it is ${state}`
  return {
    "@id": `#control-${run.id}-${encodeURIComponent(key)}`,
    "@type": "ControlAction",
    name: state === "reused" ? `${key}, with the result of an earlier job` : key,
    instrument: reference(stepId(step)),
    object: tries.map((id) => reference(`#job-${id}`)),
    ...statusOf(failed),
  }
}

/** The runs of workflows within: each an action of its own, under the step that it stands for. */
function innerRuns(run: CratedRun, jobs: readonly CratedStepJob[]): readonly CrateEntity[] {
  const instances = new Map<string, { readonly step: string; complete: boolean }>()
  for (const { key, state } of jobs) {
    const parts = key.split("/")
    for (let depth = 1; depth < parts.length; depth++) {
      const instance = parts.slice(0, depth).join("/")
      const known = instances.get(instance) ?? { step: instance.replaceAll(/\[\d+\]/g, ""), complete: true }
      known.complete &&= state === "complete" || state === "reused"
      instances.set(instance, known)
    }
  }
  return [...instances].flatMap(([instance, { step, complete }]): CrateEntity[] => {
    if (!Object.hasOwn(run.documents, step)) return []
    const status = statusOf(complete ? undefined : "not all of its steps are complete")
    const action = runActionId(run, instance)
    return [
      {
        "@id": action,
        "@type": "CreateAction",
        name: `Run of ${run.documents[step]?.name ?? step} as ${instance}`,
        instrument: reference(documentId(run, step)),
        ...status,
      },
      {
        "@id": `#control-${run.id}-${encodeURIComponent(instance)}`,
        "@type": "ControlAction",
        name: instance,
        instrument: reference(stepId(step)),
        object: reference(action),
        ...status,
      },
    ]
  })
}

function statusOf(failed: string | undefined): { readonly actionStatus: Reference; readonly error?: string } {
  return failed === undefined
    ? { actionStatus: reference(COMPLETED) }
    : { actionStatus: reference(FAILED), error: failed }
}

function valueEntities(run: CratedRun): readonly CrateEntity[] {
  const declared = run.documents[""]?.parameters ?? {}
  return Object.entries(run.parameters).map(([name, value]) => ({
    "@id": `#value-${run.id}-${encodeURIComponent(name)}`,
    "@type": "PropertyValue",
    name,
    value: plain(value ?? null),
    ...(Object.hasOwn(declared, name) ? { exampleOfWork: reference(parameterId("", "parameter", name)) } : {}),
  }))
}

/** JSON-LD would read an object or a list as entities and sets: these are told as their JSON text. */
function plain(value: JsonValue): JsonValue {
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean"
    ? value
    : canonicalJson(value)
}
