import { answered, type GearClient } from "@geartrain/sdk/client"
import { GeartrainError } from "@geartrain/spec"
import { isPlaceId } from "@geartrain/spec/archive"
import type { ArchiveQuery } from "@geartrain/spec/workflow"
import { readPages } from "../../archive/transfer/read-pages.ts"
import { ArchiveTree } from "../../workflows/pipelines/archive/archive-tree.ts"
import type { ListedPlace, PipelineArchives } from "../../workflows/pipelines/archive/pipeline-archives.ts"
import { type ArrivalMeans, Arrivals } from "./arrivals.ts"

export interface ArchivesMeans extends ArrivalMeans {
  /** Opens a client of the server that a pipeline names, or of the one that is meant where it names none. */
  readonly connect: (server: string | undefined) => Promise<GearClient>
}

export interface OpenedArchives extends PipelineArchives {
  close(): Promise<void>
}

/** More pages than files that may be have, though some of them are short. */
const MOST_PAGES = 2_000

/** Archives of servers, as pipelines read them. Nothing is asked before the first use. */
export function openArchives({ connect, ...means }: ArchivesMeans): OpenedArchives {
  const clients = new Map<string, Promise<GearClient>>()
  const arrivals = new Arrivals(means)
  const clientOf = async (server: string | undefined): Promise<GearClient> => {
    const opening = clients.get(server ?? "") ?? connect(server)
    clients.set(server ?? "", opening)
    const client = await opening
    clients.set(client.url, opening)
    return client
  }
  return {
    addressOf: async ({ server }) => (await clientOf(server)).url,
    list: async (query, signal) => listPlace(await clientOf(query.server), query, signal),
    bring: async (server, files, signal) => arrivals.bring(await clientOf(server), files, signal),
    close: () => arrivals.close(),
  }
}

async function listPlace(
  client: GearClient,
  { place, type, tag, modality }: ArchiveQuery,
  signal: AbortSignal | undefined,
): Promise<ListedPlace> {
  const stop = signal === undefined ? {} : { signal }
  const id = await placeId(client, place, stop)
  const filter = {
    ...(type === undefined ? {} : { type }),
    ...(tag === undefined ? {} : { tag }),
    ...(modality === undefined ? {} : { modality }),
  }
  // The words are what the server takes for truth.
  const everywhere = { below: "true" as never, labels: "true" as never }
  const ask = (page: object) =>
    client.api.GET("/api/v1/places/{id}/files", {
      params: { path: { id }, query: { ...page, ...filter, ...everywhere } },
      ...stop,
    })
  const tree = new ArchiveTree(place)
  let pages = 0
  for await (const files of readPages(ask)) {
    signal?.throwIfAborted()
    if (!Array.isArray(files) || ++pages > MOST_PAGES) throw unreadable(client, place)
    tree.add(files)
  }
  return { id, files: tree.files() }
}

async function placeId(client: GearClient, place: string, stop: { readonly signal?: AbortSignal }): Promise<string> {
  const path = place
    .split("/")
    .filter((step) => step !== "")
    .join("/")
  const found = answered(await client.api.GET("/api/v1/lookup", { params: { query: { path } }, ...stop }))
  if (found.kind !== "place") {
    throw new GeartrainError("PLACE_UNFIT", `Cannot read "${place}" of ${client.url}: it is a ${found.kind}`, {
      details: { place, server: client.url },
      hint: "Name a project, subject, session, acquisition or analysis: group/project/…",
    })
  }
  const id: unknown = found.place?.id
  if (typeof id === "string" && isPlaceId(id)) return id
  throw unreadable(client, place)
}

function unreadable({ url }: GearClient, place: string): GeartrainError {
  return new GeartrainError("SERVER_REPLY_UNREADABLE", `Cannot read "${place}" of ${url}: it answers with no list`, {
    details: { place, server: url },
    hint: "Check that the address is that of your server, and update it to the version of this program",
  })
}
