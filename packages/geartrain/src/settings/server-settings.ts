import { isIP } from "node:net"
import { isAbsolute, join, resolve } from "node:path"
import { GeartrainError } from "@geartrain/spec"
import { readDuration } from "@geartrain/spec/additions"
import type { Environment } from "./cache-folder.ts"

/** How a server was started, checked. */
export interface ServerSettings {
  readonly host: string
  readonly port: number
  /** Absolute folder of everything that the server keeps on this machine. */
  readonly data: string
  /** `postgres://…`. Absent: SQLite in the data folder. */
  readonly database?: string
  /** A folder or `s3://…`. Absent: in the data folder. */
  readonly blobs?: string
  /** Slots of the runner on this machine; 0 for none. Absent: one for each processor. */
  readonly slots?: number
  readonly publicUrl?: string
  readonly trustedProxies?: readonly string[]
  readonly corsOrigins?: readonly string[]
  /** Anybody who reaches the server may read its metrics. */
  readonly openMetrics?: boolean
  /** A runner that is not heard of for so long has lost its jobs. */
  readonly leaseMs?: number
  /** So often a job is tried whose runner was lost, or that the platform failed. */
  readonly attempts?: number
  /** What becomes of the jobs that run on this machine when the server is ended. */
  readonly onStop: "release" | "drain"
  /** File with the password of the first admin. Absent: one is made up, and printed once. */
  readonly adminPasswordFile?: string
  readonly oidcIssuer?: string
  readonly oidcLabel?: string
  readonly oidcClientId?: string
  readonly oidcClientSecretFile?: string
  readonly oidcEmailDomains?: readonly string[]
  readonly oidcGroups?: readonly string[]
  readonly oidcNewAccounts?: boolean
}

/** Values as somebody wrote them, by the setting's name as flags have it: `public-url`. */
export type WrittenSettings = Readonly<Record<string, unknown>>

/** One place that settings come from, for people: `--port`, `GEARTRAIN_SERVER_PORT`, `server.yaml`. */
export interface SettingsSource {
  readonly values: WrittenSettings
  /** How the source calls a setting. */
  readonly nameOf: (setting: string) => string
}

type Read = (value: unknown) => { readonly value: unknown } | { readonly wanted: string }

interface Setting {
  readonly says: string
  readonly read: Read
  readonly initial?: string
}

/** All settings, in a settings file, and in the environment as `GEARTRAIN_SERVER_PUBLIC_URL`. */
export const SERVER_SETTINGS: Readonly<Record<string, Setting>> = {
  host: { says: "Address to listen on; 0.0.0.0 for all", read: text, initial: "127.0.0.1" },
  port: { says: "Port to listen on; 0 for a free one", read: whole(0, 65_535), initial: "8080" },
  data: { says: "Folder of all that the server keeps. Default: server in $GEARTRAIN_HOME", read: path },
  database: {
    says: "Address of a PostgreSQL database. Default: SQLite in the data folder",
    read: matching(/^postgres(ql)?:\/\/\S+$/, "an address such as postgres://user:password@host/database"),
  },
  blobs: { says: "A folder, or s3://BUCKET/PREFIX. Default: blobs in the data folder", read: text },
  slots: {
    says: "Jobs to run at once on this machine; 0 for none. Default: one for each processor",
    read: whole(0, 10_000),
  },
  "public-url": {
    says: "How users reach the server, such as https://gears.lab.example",
    read: matching(/^https?:\/\/[^\s/]+(\/\S*)?$/, "an address such as https://gears.lab.example"),
  },
  "trusted-proxies": { says: "Addresses of proxies whose X-Forwarded headers are believed", read: addresses },
  "cors-origins": { says: "Origins whose pages may call the server from a browser", read: list },
  lease: { says: "How long a runner may be silent before its jobs are given to others. Default: 60s", read: duration },
  attempts: {
    says: "How often a job is tried whose runner was lost, or which the platform failed. Default: 3",
    read: whole(1, 1000),
  },
  "on-stop": {
    says: "What becomes of jobs on this machine when the server ends: release or drain",
    read: matching(/^(release|drain)$/, "release or drain"),
    initial: "release",
  },
  "admin-password-file": { says: "File with the first admin's password. Default: one is made up", read: path },
  "open-metrics": { says: "Whether anybody may read the metrics: true or false", read: truth },
  "oidc-issuer": { says: "Issuer to log in with, by OpenID Connect", read: matching(/^https?:\/\/\S+$/, "an address") },
  "oidc-label": { says: "What the button to log in there says", read: text },
  "oidc-client-id": { says: "Id of this server at the issuer", read: text },
  "oidc-client-secret-file": { says: "File with its secret", read: path },
  "oidc-email-domains": { says: "Only who has an address in one of these domains", read: list },
  "oidc-groups": { says: "Only who is in one of these groups", read: list },
  "oidc-new-accounts": { says: "Whether whoever is let in gets an account: true or false", read: truth },
}

export function serverVariable(setting: string): string {
  return `GEARTRAIN_SERVER_${setting.toUpperCase().replaceAll("-", "_")}`
}

/** The settings that are in the environment. A variable that is empty counts as not set. */
export function serverEnvironment(environment: Environment = process.env): SettingsSource {
  const set = Object.keys(SERVER_SETTINGS).flatMap((name) => {
    const value = environment[serverVariable(name)]
    return value === undefined || value === "" ? [] : [[name, value] as const]
  })
  return { values: Object.fromEntries(set), nameOf: serverVariable }
}

/**
 * Reads settings from several sources, of which the first counts that has one. All faults are told at once.
 *
 * @param home  Absolute folder of the program's own, where a server is whose place nobody names: the same wherever it is started.
 * @throws {GeartrainError} SETTINGS_INVALID
 */
export function readServerSettings(sources: readonly SettingsSource[], home: string): ServerSettings {
  const faults: string[] = []
  const values: Record<string, unknown> = { data: join(home, "server") }
  for (const { values: written, nameOf } of sources)
    for (const name of Object.keys(written))
      if (!Object.hasOwn(SERVER_SETTINGS, name)) faults.push(`there is no setting ${nameOf(name)}`)
  for (const [name, setting] of Object.entries(SERVER_SETTINGS)) {
    const source = sources.find(({ values: written }) => Object.hasOwn(written, name))
    const written = source === undefined ? setting.initial : source.values[name]
    if (written === undefined) continue
    const result = setting.read(written)
    if ("value" in result) values[memberOf(name)] = result.value
    // What was written may hold a password.
    else faults.push(`${source?.nameOf(name) ?? name} has to be ${result.wanted}`)
  }
  if (values["oidcIssuer"] !== undefined && values["oidcClientId"] === undefined)
    faults.push("oidc-issuer needs oidc-client-id")
  if (values["oidcIssuer"] !== undefined && values["publicUrl"] === undefined)
    faults.push("oidc-issuer needs public-url")
  if (faults.length === 0) return values as unknown as ServerSettings
  throw new GeartrainError("SETTINGS_INVALID", `Cannot start a server with these settings: ${faults.join("; ")}`, {
    details: { faults },
    hint: "Read what each setting may be: gear serve --help",
  })
}

/** `public-url` is `publicUrl` in code; `lease` is in milliseconds there. */
function memberOf(name: string): string {
  return name === "lease" ? "leaseMs" : name.replaceAll(/-([a-z])/g, (_, letter: string) => letter.toUpperCase())
}

function text(value: unknown): ReturnType<Read> {
  return typeof value === "string" && value !== "" ? { value } : { wanted: "a text" }
}

function path(value: unknown): ReturnType<Read> {
  if (typeof value !== "string" || value === "") return { wanted: "a path" }
  return { value: isAbsolute(value) ? value : resolve(value) }
}

function whole(least: number, most: number): Read {
  return (value) => {
    const number = /^\d{1,9}$/.test(String(value)) ? Number(value) : Number.NaN
    return number >= least && number <= most ? { value: number } : { wanted: `a whole number from ${least} to ${most}` }
  }
}

function matching(pattern: RegExp, wanted: string): Read {
  return (value) => (typeof value === "string" && pattern.test(value) ? { value } : { wanted })
}

function duration(value: unknown): ReturnType<Read> {
  const ms = readDuration(String(value))
  return ms === undefined || ms < 1000 ? { wanted: "a time such as 90s, and at least 1s" } : { value: ms }
}

function truth(value: unknown): ReturnType<Read> {
  const known: Readonly<Record<string, boolean>> = { true: true, false: false }
  const found = known[String(value)]
  return found === undefined ? { wanted: "true or false" } : { value: found }
}

/** Addresses of machines and networks; a name would mean another machine tomorrow. */
function addresses(value: unknown): ReturnType<Read> {
  const read = list(value)
  const isEach = "value" in read && (read.value as readonly string[]).every(isAddress)
  return isEach ? read : { wanted: "a list of addresses or networks, such as 127.0.0.1 or 10.0.0.0/8, and no names" }
}

/** No network of all addresses: whoever believes everybody's headers knows nobody's address. */
function isAddress(text: string): boolean {
  const [, address = "", bits = "1"] = /^([^/%]*)(?:\/(\d{1,3}))?$/.exec(text) ?? []
  const version = isIP(address)
  return version !== 0 && Number(bits) >= 1 && Number(bits) <= (version === 4 ? 32 : 128)
}

/** In a settings file a list; elsewhere with commas. */
function list(value: unknown): ReturnType<Read> {
  const parts = typeof value === "string" ? value.split(",").map((part) => part.trim()) : value
  const isList = Array.isArray(parts) && parts.every((part) => typeof part === "string" && part !== "")
  return isList ? { value: parts } : { wanted: "a list of texts" }
}
