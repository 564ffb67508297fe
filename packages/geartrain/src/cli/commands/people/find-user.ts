import { answered, type GearClient, type paths } from "@geartrain/sdk/client"
import { GeartrainError } from "@geartrain/spec"

/** An account as the server lists it. */
export type ServerUser =
  paths["/api/v1/users"]["get"]["responses"]["200"]["content"]["application/json"]["items"][number]

/** The account of a name to log in with, in any case. @throws {GeartrainError} USER_NOT_FOUND */
export async function findUserThere(client: GearClient, login: string): Promise<ServerUser> {
  // Of all that begin so, the shortest comes first: the name itself.
  const query = { prefix: login, limit: 1 }
  const { items } = answered(await client.api.GET("/api/v1/users", { params: { query } }))
  const [user] = items
  if (user !== undefined && keyOf(user.login) === keyOf(login)) return user
  throw new GeartrainError("USER_NOT_FOUND", `There is no user "${login}" on ${client.url}`, {
    details: { login },
    hint: "List them: gear users ls",
  })
}

function keyOf(login: string): string {
  return login.normalize("NFKC").toLowerCase()
}
