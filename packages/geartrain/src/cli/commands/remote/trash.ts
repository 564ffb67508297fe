import type { GearClient } from "@geartrain/sdk/client"
import { isGeartrainError } from "@geartrain/spec"
import type { Trashed } from "../../../archive/transfer/find-trashed.ts"
import { usage } from "../../arguments/parse-arguments.ts"
import type { Command } from "../../command.ts"
import { escapeText } from "../../output/escape-text.ts"
import { SERVER_FLAG } from "../../server/server-flag.ts"

export const trashCommand: Command = {
  name: "trash",
  arguments: [{ name: "PATH", says: "A place or file of the server's, group/project/…; or the id of one", many: true }],
  flags: {
    undo: { type: "switch", says: "Take it out of the trash, with all that went there with it" },
    ...SERVER_FLAG,
  },
  examples: [
    {
      command: "gear trash lab/memory/sub-01/files/notes.txt",
      says: "Put a file into the trash, with all its versions",
    },
    { command: "gear trash lab/memory/sub-01 --undo", says: "Take it back" },
  ],
  notes: [
    "Whoever may write may throw files away; a place, with all that is in it, an admin of the project. What lies in the trash goes for good after a while that the server's admin sets.",
  ],
  exits: "answer",
  run: async (context, given) => {
    const { connectServer } = await import("../../server/connect.ts")
    const client = await connectServer(context.settings(), given)
    const isUndone = given.has("undo")
    const done: { path: string; kind: string; id: string }[] = []
    for (const path of given.words) {
      const { kind, id } = isUndone ? await takeBack(client, path) : await throwAway(client, path)
      done.push({ path, kind, id })
      context.reply.print(`${id}  ${escapeText(path)}`)
      if (!isUndone) context.reply.say(`→ gear trash ${id} --undo`)
    }
    return { data: done }
  },
}

async function throwAway(client: GearClient, path: string): Promise<Trashed> {
  const { lookUp } = await import("../../../archive/transfer/look-up.ts")
  const found = await lookUp(client, path)
  if (found.kind === "file") {
    const { id } = found.file
    await client.api.DELETE("/api/v1/files/{id}", { params: { path: { id } } })
    return { kind: "file", id }
  }
  if (found.kind === "group")
    throw usage(trashCommand, `Cannot put "${path}" into the trash: it is a group`, {
      hint: "Name a project, or something in it",
    })
  const { id } = found.place
  await client.api.DELETE("/api/v1/places/{id}", { params: { path: { id } } })
  return { kind: "place", id }
}

async function takeBack(client: GearClient, path: string): Promise<Trashed> {
  const { findTrashed } = await import("../../../archive/transfer/find-trashed.ts")
  const { kind, id } = await findTrashed(client, path)
  const params = { path: { id } }
  if (kind !== "file") {
    try {
      await client.api.POST("/api/v1/places/{id}/restore", { params })
      return { kind: "place", id }
    } catch (error) {
      if (kind === "place" || !isGeartrainError(error, "PLACE_NOT_FOUND")) throw error
    }
  }
  await client.api.POST("/api/v1/files/{id}/restore", { params })
  return { kind: "file", id }
}
