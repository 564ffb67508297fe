import type { TraceEvent, Tracer } from "@geartrain/ports"
import { GeartrainError } from "@geartrain/spec"
import { findProgram } from "../../system/linux/find-program.ts"
import { readChunks } from "../../system/read-chunks.ts"
import { systemCode } from "../../system/system-code.ts"
import { RECORD, straceWords } from "./commands.ts"
import { readRecord } from "./record/read-record.ts"
import { UnfitRecord } from "./record/record-reader.ts"

/**
 * Opens the tracer that watches a box from outside with strace. Nothing of it is in the box: the gear keeps its process numbers, and can neither
 * see nor reach the tracer or its record.
 *
 * @throws {GeartrainError} TRACER_UNAVAILABLE where there is no strace.
 */
export function openStraceTracer(options: { readonly program?: string } = {}): Tracer {
  const program = findProgram(options.program ?? "strace")
  if (program === undefined) throw unavailable()
  return {
    name: "strace",
    capabilities: { actions: ["read", "write", "execute", "look", "connect"], failures: true },
    plan: async (folder) => ({ mounts: [], prefix: [], around: straceWords(program, `${folder}/${RECORD}`) }),
    events: (folder) => eventsIn(folder),
  }
}

async function* eventsIn(folder: string): AsyncGenerator<TraceEvent, void> {
  try {
    yield* readRecord(readChunks(`${folder}/${RECORD}`))
  } catch (error) {
    if (error instanceof UnfitRecord) throw unreadable(folder, error.message, error)
    if (systemCode(error) === "ENOENT") throw unreadable(folder, "there is none", error)
    throw error
  }
}

function unreadable(folder: string, why: string, cause: unknown): GeartrainError {
  return new GeartrainError("TRACE_UNREADABLE", `Cannot read trace "${folder}": ${why}`, {
    details: { folder },
    hint: "Run the job again",
    cause,
  })
}

function unavailable(): GeartrainError {
  return new GeartrainError("TRACER_UNAVAILABLE", "Cannot trace a gear: strace is not installed", {
    details: { tracer: "strace" },
    hint: "apt-get install strace",
  })
}
