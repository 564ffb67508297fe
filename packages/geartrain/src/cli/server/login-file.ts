import { GeartrainError } from "@geartrain/spec"
import { writeAtomically } from "../../system/atomic-write.ts"
import { chmod, mkdir, readFile, stat } from "../../system/files.ts"
import { systemCode } from "../../system/system-code.ts"

/** A server that the user has logged in to. */
export interface Login {
  /** Its address, as requests are sent to. */
  readonly url: string
  /** Who the user is there. */
  readonly user: string
  /** An API key. */
  readonly token: string
  /** Id of that key, by which it is taken back on logging out. */
  readonly key: string
  /** Whether the key was made by logging in, and so is to go with logging out. */
  readonly isOwn: boolean
}

/** All logins of the user; the newest first, which is the one that counts where none is named. */
export interface LoginFile {
  read(): Promise<readonly Login[]>
  /** Takes the place of a login to the same server. */
  keep(login: Login): Promise<void>
  remove(url: string): Promise<void>
}

const FORMAT = "geartrain-logins/1"

/**
 * The file of logins, `servers.json` in the user's settings, mode 0600:
 *
 *   {"format": "geartrain-logins/1", "logins": [{"url": …, "user": …, "token": …, "key": …, "isOwn": …}]}
 */
export function openLoginFile(folder: string): LoginFile {
  const path = `${folder}/servers.json`
  const read = (): Promise<readonly Login[]> => readLogins(path)
  const write = async (logins: readonly Login[]): Promise<void> => {
    await mkdir(folder, { recursive: true, mode: 0o700 })
    await writeAtomically(path, async (file) => {
      await file.chmod(0o600)
      await file.writeFile(`${JSON.stringify({ format: FORMAT, logins }, undefined, 2)}\n`)
    })
  }
  const others = async (url: string): Promise<readonly Login[]> => (await read()).filter((login) => login.url !== url)
  return {
    read,
    keep: async (login) => write([login, ...(await others(login.url))]),
    remove: async (url) => write(await others(url)),
  }
}

async function readLogins(path: string): Promise<readonly Login[]> {
  let text: string
  try {
    await hideFromOthers(path)
    text = await readFile(path, "utf8")
  } catch (error) {
    if (systemCode(error) === "ENOENT") return []
    throw error
  }
  const logins = loginsOf(text)
  if (logins !== undefined) return logins
  throw new GeartrainError("LOGIN_FILE_INVALID", `Cannot read "${path}": it is no list of logins`, {
    details: { path },
    hint: `Remove it, and log in again: rm '${path}'; gear login URL`,
  })
}

/** A key that others may read is closed to them: whoever copied the folder may have lost its modes. */
async function hideFromOthers(path: string): Promise<void> {
  const { mode } = await stat(path)
  if ((mode & 0o077) !== 0) await chmod(path, 0o600)
}

function loginsOf(text: string): readonly Login[] | undefined {
  try {
    const document = JSON.parse(text) as { readonly format?: unknown; readonly logins?: unknown }
    if (document.format !== FORMAT || !Array.isArray(document.logins)) return undefined
    return document.logins.every(isLogin) ? document.logins : undefined
  } catch {
    // What is no JSON is no list of logins.
    return undefined
  }
}

function isLogin(value: unknown): value is Login {
  if (typeof value !== "object" || value === null) return false
  const login = value as Readonly<Record<string, unknown>>
  const texts = ["url", "user", "token", "key"].every((name) => typeof login[name] === "string")
  return texts && typeof login["isOwn"] === "boolean"
}
