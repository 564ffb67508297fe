import { asMap, inside, type JsonMap, mapsIn, neededText, optionalText, optionalTruth, type Place } from "../place.ts"
import { type Profiles, readProfiles } from "../workflow/profiles.ts"
import type { PegasusDocument } from "../yaml/pegasus-document.ts"

export interface FileServer {
  readonly url: string
  readonly operation: "get" | "put" | "all"
}

export interface SiteDirectory {
  readonly type: string
  readonly path?: string
  readonly shared: boolean
  readonly servers: readonly FileServer[]
}

export interface Grid {
  readonly type: string
  readonly contact: string
  readonly scheduler: string
  readonly jobtype?: string
}

/** A place where jobs run, or files lie. */
export interface Site {
  readonly name: string
  readonly arch?: string
  readonly os?: string
  readonly directories: readonly SiteDirectory[]
  readonly grids: readonly Grid[]
  readonly profiles: Profiles
}

export type SiteCatalog = ReadonlyMap<string, Site>

/** @throws {GeartrainError} PEGASUS_DOCUMENT_INVALID. */
export function readSiteCatalog(document: PegasusDocument): SiteCatalog {
  const place: Place = { document }
  return document.value === null ? new Map() : readSites(asMap(document.value, place), place)
}

/** Reads a catalog that is a file of its own, or part of a workflow. */
export function readSites(map: JsonMap, place: Place): SiteCatalog {
  return new Map(
    mapsIn(map, "sites", place).map(({ entry, at }) => {
      const site = readSite(entry, at)
      return [site.name, site]
    }),
  )
}

/** What Pegasus takes for granted where no catalog says otherwise: the machine that it is started on, and a pool of HTCondor. */
export function withDefaultSites(sites: SiteCatalog): SiteCatalog {
  const local: Site = {
    name: "local",
    directories: [
      {
        type: "sharedScratch",
        path: "/wf-scratch",
        shared: false,
        servers: [{ url: "file:///wf-scratch", operation: "all" }],
      },
      {
        type: "localStorage",
        path: "/wf-output",
        shared: false,
        servers: [{ url: "file:///wf-output", operation: "all" }],
      },
    ],
    grids: [],
    profiles: {},
  }
  const pool: Site = { name: "condorpool", directories: [], grids: [], profiles: { pegasus: { style: "condor" } } }
  return new Map([
    ...(sites.has("local") ? [] : [["local", local] as const]),
    ...(sites.has("condorpool") ? [] : [["condorpool", pool] as const]),
    ...sites,
  ])
}

/** The URL prefix that files of a site's scratch folder are written under. */
export function scratchUrl(site: Site): string | undefined {
  const scratch = site.directories.find(({ type }) => type.toLowerCase() === "sharedscratch")
  const servers = scratch?.servers ?? []
  return (servers.find(({ operation }) => operation === "put") ?? servers.find(({ operation }) => operation === "all"))
    ?.url
}

function readSite(map: JsonMap, place: Place): Site {
  const arch = optionalText(map, "arch", place)
  const os = optionalText(map, "os.type", place)
  return {
    name: neededText(map, "name", place),
    ...(arch === undefined ? {} : { arch }),
    ...(os === undefined ? {} : { os }),
    directories: mapsIn(map, "directories", place).map(({ entry, at }) => readDirectory(entry, at)),
    grids: mapsIn(map, "grids", place).map(({ entry, at }) => {
      const jobtype = optionalText(entry, "jobtype", at)
      return {
        type: neededText(entry, "type", at),
        contact: optionalText(entry, "contact", at) ?? "",
        scheduler: optionalText(entry, "scheduler", at) ?? "unknown",
        ...(jobtype === undefined ? {} : { jobtype }),
      }
    }),
    profiles: readProfiles(map["profiles"], inside(place, "profiles")),
  }
}

function readDirectory(map: JsonMap, place: Place): SiteDirectory {
  const path = optionalText(map, "path", place)
  return {
    type: neededText(map, "type", place),
    ...(path === undefined ? {} : { path }),
    shared: optionalTruth(map, "sharedFileSystem", place) ?? false,
    servers: mapsIn(map, "fileServers", place).map(({ entry, at }) => {
      const operation = optionalText(entry, "operation", at)?.toLowerCase()
      return {
        url: neededText(entry, "url", at),
        operation: operation === "get" || operation === "put" ? operation : "all",
      }
    }),
  }
}
