import type { Replica } from "../catalogs/replica-catalog.ts"

/**
 * A path of this machine, of a path or a `file:` URL. One whose escapes are none is taken as it is written.
 *
 * @example
 *   localPath("file:///data/a%20b") // => "/data/a b"
 *   localPath("file:///data/100%") // => "/data/100%"
 *   localPath("https://example.org/a") // => undefined
 */
export function localPath(pfn: string): string | undefined {
  if (pfn.startsWith("/")) return pfn
  const path = /^file:(?:\/\/(?:localhost)?)?(\/.*)$/.exec(pfn)?.[1]
  if (path === undefined) return undefined
  try {
    return decodeURI(path)
  } catch {
    // Whoever wrote it wrote a path, and no URL.
    return path
  }
}

/** Where a file lies on this machine: what the site `local` has comes before what others have. */
export function localReplica(replica: Replica | undefined): string | undefined {
  const pfns = replica?.pfns ?? []
  const own = pfns.find(({ site, pfn }) => site === "local" && localPath(pfn) !== undefined)
  const found = own ?? pfns.find(({ pfn }) => localPath(pfn) !== undefined)
  return found === undefined ? undefined : localPath(found.pfn)
}
