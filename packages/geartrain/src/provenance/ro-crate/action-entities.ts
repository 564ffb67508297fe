import { canonicalJson, type JobRecord, type JsonValue } from "@geartrain/spec"
import { type CrateEntity, reference } from "./crate.ts"
import { COMPLETED, FAILED } from "./crate-terms.ts"
import type { CratedJob } from "./crated-job.ts"
import { inputEntities, outputEntities, witnessEntities } from "./file-entities.ts"
import { imageId, toolId } from "./gear-entities.ts"

/** What one job did, and every file and value of it. */
export function actionEntities(job: CratedJob, author: CrateEntity | undefined): readonly CrateEntity[] {
  const { record } = job
  const id = `#job-${record.id}`
  const inputs = inputEntities(job)
  const outputs = outputEntities(job)
  const values = valueEntities(record)
  const environment = Object.entries(record.invocation.environment).map(([name, value]) =>
    propertyValue(`#environment-${record.id}-${encodeURIComponent(name)}`, name, value),
  )
  const action: CrateEntity = {
    "@id": id,
    "@type": "CreateAction",
    name: `Run of ${record.gear.name} ${record.gear.version}`,
    description: descriptionOf(record),
    identifier: record.invocationDigest,
    instrument: reference(toolId(record)),
    containerImage: reference(imageId(record)),
    ...(author === undefined ? {} : { agent: reference(author) }),
    ...(record.started === undefined ? {} : { startTime: record.started }),
    ...(record.ended === undefined ? {} : { endTime: record.ended }),
    object: [...inputs, ...values].map(reference),
    result: outputs.map(reference),
    environment: environment.map(reference),
    actionStatus: reference(record.state === "complete" ? COMPLETED : FAILED),
    ...(record.failure === undefined ? {} : { error: `${record.failure.reason}: ${record.failure.message}` }),
  }
  return [action, ...inputs, ...values, ...outputs, ...environment, ...witnessEntities(job, id)]
}

/** Config values, and what was looked up around the destination. */
function valueEntities(record: JobRecord): readonly CrateEntity[] {
  const config = Object.entries(record.invocation.config)
  const context = Object.entries(record.invocation.inputs).flatMap(([name, input]) =>
    input.base === "context" && input.value !== undefined ? [[name, input.value] as const] : [],
  )
  return [
    ...config.map(([name, value]) =>
      propertyValue(`#config-${record.id}-${encodeURIComponent(name)}`, name, value ?? null),
    ),
    ...context.map(([name, value]) => propertyValue(`#context-${record.id}-${encodeURIComponent(name)}`, name, value)),
  ]
}

/** JSON-LD would read an object or a list as entities and sets: these are told as their JSON text. */
function propertyValue(id: string, name: string, value: JsonValue): CrateEntity {
  const isPlain = typeof value === "string" || typeof value === "number" || typeof value === "boolean"
  return { "@id": id, "@type": "PropertyValue", name, value: isPlain ? value : canonicalJson(value) }
}

function descriptionOf(record: JobRecord): string {
  const provider =
    record.provider === undefined
      ? "before it reached a provider"
      : `under ${record.provider.name} ${record.provider.version}`
  return `${record.command.join(" ")} (${provider}, network ${record.invocation.network}, Geartrain ${record.engine.version})`
}
