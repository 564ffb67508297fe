import { isAbsolute } from "node:path"
import { answered, type GearClient } from "@geartrain/sdk/client"
import { type Digest, type Gear, GeartrainError, type InvocationDigest, isGeartrainError } from "@geartrain/spec"
import type { GearForm } from "../../../engine/request/make-invocation.ts"
import type { Presence, ReusableJob } from "../../../workflows/workflow-jobs.ts"
import { orderedInvocation } from "../ordered-invocation.ts"
import type { PlanningJobs } from "../planning-jobs.ts"
import { StoredPlaces } from "./stored-places.ts"

/** The planning half of `WorkflowJobs` over a server, and where the server has what was found. */
export type ServerPlanning = PlanningJobs & {
  readonly client: GearClient
  readonly places: StoredPlaces
  /** What gears are called here that were looked for, and are not there. */
  readonly missing: ReadonlySet<string>
}

/**
 * Plans jobs for a server's queue.
 *
 * @param own  Of this machine: reads files for their digests, and takes in gears that are named by a path.
 */
export function serverPlanning(
  client: GearClient,
  own: Pick<PlanningJobs, "resolveGear" | "readFile">,
): ServerPlanning {
  const forms = new Map<Gear["id"], GearForm>()
  const places = new StoredPlaces()
  const missing = new Set<string>()
  return {
    ...{ client, places, missing },
    resolveGear: (reference, folder) => resolveGear(reference, { folder, client, own, missing }),
    readFile: own.readFile,
    invocationOf: (order) => orderedInvocation(order, forms),
    findSame: (digests, acceptExitCodes) => findSame(digests, acceptExitCodes, { client, places }),
    presence: async (digests) =>
      new Map<Digest, Presence>(
        digests.map((digest) => [digest, places.find(digest) === undefined ? "missing" : "stored"]),
      ),
  }
}

interface GearSearch {
  readonly folder: string
  readonly client: GearClient
  readonly own: Pick<PlanningJobs, "resolveGear">
  readonly missing: Set<string>
}

async function resolveGear(reference: string, { folder, client, own, missing }: GearSearch): Promise<Gear> {
  const isPath = isAbsolute(reference) || reference.startsWith("./") || reference.startsWith("../")
  const wanted = isPath ? (await own.resolveGear(reference, folder)).id : reference
  try {
    return await askGear(client, wanted)
  } catch (error) {
    if (!isGeartrainError(error, "GEAR_NOT_FOUND")) throw error
    missing.add(wanted)
    throw new GeartrainError(
      "GEAR_NOT_FOUND",
      `Cannot find gear "${reference}" on ${client.url}: ${isPath ? wanted : "it"} is not there`,
      { details: { reference, gear: wanted }, hint: `Bring it there: gear push ${wanted}`, cause: error },
    )
  }
}

/** Where a server got a gear from it does not tell, nor what is in its image. */
async function askGear(client: GearClient, gear: string): Promise<Gear> {
  const found = answered(await client.api.GET("/api/v1/gears/{gear}", { params: { path: { gear } } }))
  return {
    id: found.id as Gear["id"],
    platform: found.platform as Gear["platform"],
    tree: found.tree as Gear["tree"],
    manifest: found.manifest as unknown as Gear["manifest"],
    origin: { kind: "registry", reference: `${client.url}/api/v1/gears/${found.id}` },
    entries: 0,
    sizeBytes: found.image.sizeBytes,
    imported: new Date(found.createdMs).toISOString(),
  }
}

/** As many as one request takes. */
const AT_ONCE = 1000

async function findSame(
  digests: readonly InvocationDigest[],
  acceptExitCodes: readonly number[] | undefined,
  { client, places }: { readonly client: GearClient; readonly places: StoredPlaces },
): Promise<ReadonlyMap<InvocationDigest, ReusableJob>> {
  const found = new Map<InvocationDigest, ReusableJob>()
  let wanted: readonly string[] = [...new Set(digests)]
  while (wanted.length > 0) {
    const body = {
      invocations: wanted.slice(0, AT_ONCE),
      ...(acceptExitCodes === undefined ? {} : { acceptExitCodes: [...acceptExitCodes] }),
    }
    const { items, unasked } = answered(await client.api.POST("/api/v1/jobs/same", { body }))
    if (unasked.length >= body.invocations.length) throw unanswered(client)
    for (const { invocation, job, outputs, wallMs, endedMs } of items) {
      const files = outputs as unknown as ReusableJob["outputs"]
      places.noteOutputs(job, files)
      const ended = new Date(endedMs).toISOString()
      found.set(invocation as InvocationDigest, { id: job, outputs: files, wallMs, ended })
    }
    wanted = [...unasked, ...wanted.slice(AT_ONCE)]
  }
  return found
}

function unanswered({ url }: GearClient): GeartrainError {
  return new GeartrainError("SERVER_REPLY_UNREADABLE", `The server at ${url} looks for no job that did the same`, {
    hint: "Update the server, or this program, so that both are of one version",
  })
}
