import { answered, type GearClient } from "@geartrain/sdk/client"
import { GeartrainError } from "@geartrain/spec"
import type { Command } from "../../command.ts"
import { escapeText } from "../../output/escape-text.ts"
import { connectServer } from "../../server/connect.ts"
import { lookUp } from "../../server/find-place.ts"
import { SERVER_FLAG } from "../../server/server-flag.ts"
import { findUserThere } from "./find-user.ts"

const RIGHTS = ["read", "write", "run", "admin", "none"] as const

type Right = Exclude<(typeof RIGHTS)[number], "none">

export const usersGrantCommand: Command = {
  name: "users grant",
  arguments: [
    { name: "LOGIN", says: "Whose right: what they log in with, or their address, whole" },
    { name: "PLACE", says: "GROUP/PROJECT; GROUP, for all its projects; or site, which has admins only" },
    { name: "RIGHT", says: "read, write, run or admin; none takes it away", complete: [...RIGHTS] },
  ],
  flags: SERVER_FLAG,
  examples: [
    {
      command: "gear users grant ada lab/memory run",
      says: "Ada may run gears on a project's data, and see and change it",
    },
    { command: "gear users grant ada lab none", says: "Take away what she had in the group" },
    { command: "gear users grant grace site admin", says: "Make Grace an admin of the site" },
  ],
  notes: [
    "For admins of the project, of its group, or of the site. People are found by their whole name, so that nobody is listed to who may not see them.",
    "Each right has those before it. Of what a project and its group give, the higher counts. It holds from the next request on.",
  ],
  exits: "answer",
  run: async (context, given) => {
    const client = await connectServer(context.settings(), given)
    const [login = "", place = "", word = ""] = given.words
    const right = RIGHTS.find((each) => each === word)
    const isSite = place === "site"
    if (right === undefined || (isSite && right !== "admin" && right !== "none")) {
      throw new GeartrainError("USAGE", `Cannot grant "${word}"${isSite ? " for the whole site" : ""}`, {
        hint: isSite ? "Write admin, or none" : "Write read, write, run, admin or none",
      })
    }
    const user = isSite
      ? await makeSiteAdmin(client, login, right === "admin")
      : await grantIn(client, { login, place, right: right === "none" ? undefined : right })
    const says = right === "none" ? "has no right of their own" : `has the right ${right}`
    context.reply.print(escapeText(`${user.login} ${says} in ${isSite ? "the site" : place}`))
    return { data: { ...user, place, right } }
  },
}

type Granted = { readonly id?: string; readonly login: string }

async function makeSiteAdmin(client: GearClient, login: string, siteAdmin: boolean): Promise<Granted> {
  const user = await findUserThere(client, login)
  const params = { path: { id: user.id } }
  answered(await client.api.PATCH("/api/v1/users/{id}", { params, body: { siteAdmin } }))
  return { id: user.id, login: user.login }
}

/** The server finds the person by itself: whoever is admin of a project only may list nobody. */
async function grantIn(
  client: GearClient,
  { login, place, right }: { readonly login: string; readonly place: string; readonly right: Right | undefined },
): Promise<Granted> {
  const found = await lookUp(client, place)
  const kind = found.kind === "group" ? "groups" : "projects"
  const id = found.kind === "group" ? found.group.id : found.kind === "place" ? found.place.id : ""
  if (id === "" || (found.kind === "place" && found.place.type !== "project")) {
    throw new GeartrainError("USAGE", `Cannot grant a right in "${place}": it is no project and no group`, {
      hint: "Name it as GROUP/PROJECT, or GROUP",
    })
  }
  const params = { path: { id, user: memberWord(login) } }
  const path = `/api/v1/${kind}/{id}/members/{user}` as const
  if (right !== undefined) {
    const member = answered(await client.api.PUT(path, { params, body: { right } }))
    return { id: member.user, login: member.login }
  }
  // To take away is answered with nothing.
  await client.api.DELETE(path, { params })
  return { login }
}

/** As a step of an address these two are none. */
function memberWord(login: string): string {
  if (login !== "." && login !== "..") return login
  throw new GeartrainError("USER_NOT_FOUND", `There is no user "${login}"`, { details: { login } })
}
