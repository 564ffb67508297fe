import type { GearClient } from "@geartrain/sdk/client"
import { GeartrainError } from "@geartrain/spec"
import type { RunServer } from "../../../workflows/run/fold-run.ts"
import type { Context, Flag, Given } from "../../command.ts"
import { SERVER_FLAG } from "../../server/server-flag.ts"
import type { Workplace } from "./workplace.ts"

/** Flags that say what carries out the jobs of a workflow. */
export const PLACE_FLAGS = {
  server: {
    ...SERVER_FLAG.server,
    says: "Run the jobs in the queue of this server. Without a URL: that of $GEARTRAIN_SERVER, else the one that was logged in to last",
  },
  project: {
    type: "text",
    value: "PROJECT",
    says: "With --server: the project that the jobs are accounted to, as GROUP/PROJECT or its id",
  },
} as const satisfies Readonly<Record<string, Flag>>

/** Flag of a run on a server. */
export const FILING_FLAG = {
  to: {
    type: "text",
    value: "PLACE",
    says: "With --server: file the workflow's outputs in this place there, such as GROUP/PROJECT/SUBJECT; what is missing of it is made",
  },
} as const satisfies Readonly<Record<string, Flag>>

/** What only this machine can be told; a server has its own ways. */
const OWN_FLAGS: Readonly<Record<string, string>> = {
  provider: "its runners choose what isolates the gears",
  cpus: "its runners say what they have, and the steps what they need",
  memory: "its runners say what they have, and the steps what they need",
  cleanup: "it keeps what its jobs gave by rules of its own",
}

/**
 * Opens what carries out the jobs of a workflow: this machine, or with --server a server's queue.
 *
 * @param run  Where a run begins or goes on. Absent: nothing is run, and no project is needed.
 * @throws {GeartrainError} USAGE for flags that do not go together; LOGIN_NEEDED, and what opening throws.
 */
export async function openPlace(
  context: Context,
  given: Given,
  run?: "begin" | { readonly server: RunServer | undefined },
): Promise<Workplace> {
  const going = typeof run === "object" ? run.server : undefined
  if (going === undefined && !given.has("server")) return await openMachine(context, given)
  const wrong = Object.keys(OWN_FLAGS).find((flag) => given.has(flag) && given.text(flag) !== "none")
  if (wrong !== undefined) {
    throw new GeartrainError("USAGE", `Cannot take --${wrong} for a run on a server: ${OWN_FLAGS[wrong]}`, {
      hint: `Leave --${wrong} away`,
    })
  }
  return await openServer(context, given, { going, needsProject: run === "begin" })
}

async function openMachine(context: Context, given: Given): Promise<Workplace> {
  const wrong = ["project", "to"].find((flag) => given.has(flag))
  if (wrong !== undefined) {
    throw new GeartrainError("USAGE", `Cannot take --${wrong} without --server: it names a place of a server`, {
      hint: `Add --server, or leave --${wrong} away`,
    })
  }
  const [{ openEngine }, { machinePlace }] = await Promise.all([
    import("../../../compose/open-engine.ts"),
    import("./machine-place.ts"),
  ])
  const provider = given.text("provider")
  const settings = context.settings()
  const engine = await openEngine(settings, { write: true, ...(provider === undefined ? {} : { provider }) })
  return machinePlace(engine, settings)
}

async function openServer(
  context: Context,
  given: Given,
  { going, needsProject }: { readonly going: RunServer | undefined; readonly needsProject: boolean },
): Promise<Workplace> {
  const path = given.text("project")
  if (needsProject && path === undefined) {
    throw new GeartrainError("USAGE", "Cannot run on a server: it is not said in which project", {
      hint: "Name it: --project GROUP/PROJECT",
    })
  }
  const [{ connectServer, connectTo }, { openEngine }, { serverPlace }] = await Promise.all([
    import("../../server/connect.ts"),
    import("../../../compose/open-engine.ts"),
    import("./server-place.ts"),
  ])
  const settings = context.settings()
  const client = going === undefined ? await connectServer(settings, given) : await connectTo(settings, going.url)
  const where = going ?? (path === undefined ? undefined : await whereOf(client, { path, to: given.text("to") }))
  return serverPlace({ client, engine: await openEngine(settings, { write: true }), settings }, where)
}

/** What is missing of a place is made before anything runs, so that nobody waits for outputs that go nowhere. */
async function whereOf(
  client: GearClient,
  { path, to }: { readonly path: string; readonly to: string | undefined },
): Promise<Omit<RunServer, "url">> {
  const [{ findProject }, { reachPlace }] = await Promise.all([
    import("../../server/find-place.ts"),
    import("../../../archive/transfer/upload/reach-place.ts"),
  ])
  const project = await findProject(client, path)
  if (to === undefined) return { project }
  const place = await reachPlace(client, to)
  return { project, to: { id: place.id, path: place.path } }
}
