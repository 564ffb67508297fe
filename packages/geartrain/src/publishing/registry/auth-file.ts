import { GeartrainError } from "@geartrain/spec"
import { readFile } from "../../system/files.ts"
import { systemCode } from "../../system/system-code.ts"

export interface Credentials {
  readonly username: string
  readonly password: string
}

/**
 * Looks up the credentials for a registry in the files in which `docker login` and `podman login` keep them.
 *
 *   {"auths": {"HOST[:PORT][/PATH]": {"auth": base64 of "user:password"}}}
 *
 * Of several files the first that knows the registry counts, and in it the longest path that fits. Helper programs are not asked.
 *
 * @param files  Absolute paths. One that does not exist is passed over.
 * @throws {GeartrainError} SECRET_UNREADABLE when a file is there and cannot be understood
 * @see containers-auth.json(5)
 */
export async function findCredentials(
  files: readonly string[],
  host: string,
  repository: string,
): Promise<Credentials | undefined> {
  for (const file of files) {
    const auths = await readAuths(file)
    for (const key of keysFor(host, repository)) {
      const found = auths.get(key)
      if (found !== undefined) return decode(found, file)
    }
  }
  return undefined
}

/** From the most special to the most general. docker writes some as URLs. */
function keysFor(host: string, repository: string): readonly string[] {
  const keys: string[] = []
  const names = repository.split("/")
  for (let length = names.length; length > 0; length--) keys.push(`${host}/${names.slice(0, length).join("/")}`)
  return [...keys, host, `https://${host}`, `http://${host}`, `https://${host}/v1/`, `https://${host}/v2/`]
}

async function readAuths(file: string): Promise<ReadonlyMap<string, string>> {
  let document: unknown
  try {
    document = JSON.parse(await readFile(file, "utf8"))
  } catch (error) {
    // Nobody has to have logged in anywhere.
    if (systemCode(error) === "ENOENT") return new Map()
    // The cause is not passed on: a parser's message quotes what it read, and that is a secret.
    throw unreadable(file)
  }
  const auths = membersOf(membersOf(document).get("auths"))
  return new Map(
    [...auths].flatMap(([key, value]): [string, string][] => {
      const auth = membersOf(value).get("auth")
      return typeof auth === "string" && auth !== "" ? [[key, auth]] : []
    }),
  )
}

function membersOf(value: unknown): ReadonlyMap<string, unknown> {
  return new Map(typeof value === "object" && value !== null ? Object.entries(value) : [])
}

function decode(auth: string, file: string): Credentials {
  const text = Buffer.from(auth, "base64").toString("utf8")
  const colon = text.indexOf(":")
  if (colon < 0) throw unreadable(file)
  // docker pads some with NULs.
  return { username: text.slice(0, colon), password: text.slice(colon + 1).replace(/\0+$/, "") }
}

function unreadable(file: string): Error {
  return new GeartrainError(
    "SECRET_UNREADABLE",
    `Cannot read credentials from "${file}": it is not as docker login writes it`,
    {
      hint: "Log in again with docker login or podman login",
    },
  )
}
