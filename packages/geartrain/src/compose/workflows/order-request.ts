import { basename } from "node:path"
import { fileType, type JsonObject } from "@geartrain/spec"
import type { KnownFile } from "@geartrain/spec/workflow"
import type { InvocationOrder } from "../../engine/request/make-invocation.ts"
import type { StepOrder } from "../../workflows/workflow-jobs.ts"

/** What the engine is asked for an order, but for where the files lie and what it may use: one for planning and for running, so that both come to one digest. */
export function orderRequest(
  order: StepOrder,
): InvocationOrder & Required<Pick<InvocationOrder, "fileNames" | "fileObjects">> {
  const fileNames: Record<string, string> = Object.create(null)
  const fileObjects: Record<string, JsonObject> = Object.create(null)
  for (const [name, file] of order.files) {
    const seenAs = seenName(file)
    fileNames[name] = seenAs
    // What the name tells already is left to it, as for a file that somebody gives by hand: the invocation is the same then.
    if (file.type !== undefined && file.type !== fileType(seenAs)) fileObjects[name] = { type: file.type }
  }
  return {
    gear: order.gear,
    config: order.config,
    fileNames,
    fileObjects,
    ...(order.contexts === undefined ? {} : { contexts: contextsOf(order.contexts) }),
    network: order.network ?? "none",
  }
}

/** The name of a file without its folders. */
export function seenName(file: Pick<KnownFile, "name">): string {
  return basename(file.name)
}

function contextsOf(contexts: NonNullable<StepOrder["contexts"]>): NonNullable<InvocationOrder["contexts"]> {
  return Object.fromEntries(
    Object.entries(contexts).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  )
}
