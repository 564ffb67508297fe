import { GeartrainError } from "@geartrain/spec"
import { readSmallBody } from "./http-fetch.ts"
import type { RegistrySession } from "./registry-session.ts"

const MOST_PAGE_BYTES = 16 * 1024 * 1024
/** A thousand entries a page: a million, before somebody is sent round in circles. */
const MOST_PAGES = 1000

/** A list in a registry that comes page by page. */
export interface RegistryList {
  /** Below `/v2/`. */
  readonly path: string
  /** Member of the answer that holds the entries. */
  readonly member: "tags" | "repositories"
  readonly what: string
  readonly scope?: string
}

/**
 * Reads a list to its end.
 *
 * @returns undefined when the registry has no such list.
 * @throws {GeartrainError} as `RegistrySession.ask`
 * @see OCI distribution specification 1.1, "Listing Tags"; Distribution, "Catalog"
 */
export async function* readRegistryList(
  session: RegistrySession,
  { path, member, what, scope }: RegistryList,
): AsyncGenerator<string, boolean> {
  let next: string | undefined = `${path}?n=1000`
  for (let page = 0; next !== undefined; page++) {
    if (page === MOST_PAGES) throw unreadable(what, `it has more than ${MOST_PAGES} pages`)
    const answer = await session.ask({
      path: next,
      what,
      verb: "list",
      accepts: [200, 404, 405, 501],
      ...(scope === undefined ? {} : { scope }),
    })
    if (answer.status !== 200) {
      await answer.discard()
      return false
    }
    const body = await readSmallBody(answer, MOST_PAGE_BYTES, what)
    yield* readEntries(body, member, what)
    next = nextPage(answer.headers.get("link"), answer.url)
  }
  return true
}

function readEntries(body: Buffer, member: string, what: string): readonly string[] {
  let entries: unknown
  try {
    entries = (JSON.parse(body.toString("utf8")) as Readonly<Record<string, unknown>> | null)?.[member]
  } catch (error) {
    throw unreadable(what, "it is no JSON", error)
  }
  // What has been deleted to the last tag is null in some registries.
  if (entries === null) return []
  if (!Array.isArray(entries)) throw unreadable(what, `it has no "${member}"`)
  return entries.filter((entry) => typeof entry === "string")
}

/** @see RFC 8288: `</v2/_catalog?last=b&n=1000>; rel="next"` */
function nextPage(link: string | null, from: string): string | undefined {
  const target = /<([^<>]*)>\s*;[^,]*rel="?next"?/i.exec(link ?? "")?.[1]
  if (target === undefined) return undefined
  return URL.parse(target, from)?.href
}

function unreadable(what: string, problem: string, cause?: unknown): Error {
  return new GeartrainError("REGISTRY_REPLY_INVALID", `Cannot list ${what}: ${problem}`, {
    hint: "Tell the operators of the registry",
    ...(cause === undefined ? {} : { cause }),
  })
}
