import type { JobRequest } from "../../../engine/job-request.ts"
import type { Command, Given } from "../../command.ts"
import { inputsAgain } from "../../proof/verdict-answer.ts"
import { carryOut } from "../../run/carry-out.ts"
import { JOB_FLAGS, OUTPUT_FLAGS, readLimits, readNetwork } from "../../run/job-flags.ts"
import { planOutputs } from "../../run/output-folder.ts"
import { isRecordPath, readRecordFile } from "../../run/read-record.ts"

export const replayCommand: Command = {
  name: "replay",
  arguments: [
    { name: "JOB", says: "The id of a job, its beginning, latest, or a file with its record", complete: "job" },
  ],
  flags: {
    input: {
      type: "text",
      short: "i",
      value: "NAME=PATH",
      many: true,
      says: "Where an input lies now; its bytes have to be those of the record",
    },
    ...OUTPUT_FLAGS,
    ...JOB_FLAGS,
  },
  examples: [
    { command: "gear replay 0123456789ab", says: "Run a job again: same gear, same inputs, same config" },
    { command: "gear replay 0123456789ab --memory 16g", says: "The same, with more memory" },
    {
      command: "gear replay job.json --input nifti=T1.nii.gz",
      says: "Run a job of another machine, from its record (gear show JOB --json > job.json)",
    },
  ],
  notes: ["Limits and the grant of the network are those of the record, unless they are given."],
  exits: "gear",
  run: async (context, given) => {
    const [{ openEngine }, { resolveJob }, { replayRequest }] = await Promise.all([
      import("../../../compose/open-engine.ts"),
      import("../../../engine/life/resolve-job.ts"),
      import("../../../engine/again/replay-request.ts"),
    ])
    const files = inputsAgain(given)
    const changes = readChanges(given)
    const outputs = await planOutputs(given)
    const provider = given.text("provider")
    const engine = await openEngine(context.settings(), {
      write: true,
      box: true,
      ...(provider === undefined ? {} : { provider }),
    })
    try {
      const word = given.words[0] ?? ""
      const record = isRecordPath(word) ? await readRecordFile(word) : await resolveJob(word, engine)
      const request = await replayRequest(record, engine, { files })
      return await carryOut(context, { request: changes(request), engine, outputs })
    } finally {
      await engine.close()
    }
  },
}

/** Read before anything else is done, so that a slip of the finger costs nothing. */
function readChanges(given: Given): (request: JobRequest) => JobRequest {
  const limits = readLimits(given)
  const network = readNetwork(given)
  return (request) => ({
    ...request,
    limits: { ...request.limits, ...limits },
    ...(network === undefined ? {} : { network }),
  })
}
