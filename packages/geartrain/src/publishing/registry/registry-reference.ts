import { type Digest, GeartrainError, isDigest } from "@geartrain/spec"

/** An image in a registry. */
export interface RegistryReference {
  /** Host name or address, and the port if it is not the usual one. */
  readonly host: string
  readonly repository: string
  /** `latest` when neither tag nor digest is given. */
  readonly tag: string
  /** Counts before the tag. */
  readonly digest?: Digest
}

const SCHEME = "docker://"
/** Something is a host when nothing else could be it: it has a dot or a port, or is this machine. */
const HOST = /^(localhost|\[[0-9a-f:]+\]|[a-z0-9-]+(\.[a-z0-9-]+)+|[a-z0-9.-]+(?=:\d))(:\d{1,5})?$/i
const REPOSITORY = /^[a-z0-9]+([._-]+[a-z0-9]+)*(\/[a-z0-9]+([._-]+[a-z0-9]+)*)*$/
const TAG = /^\w[\w.-]{0,127}$/
const MOST_REPOSITORY = 255

/**
 * Takes a reference to an image in a registry apart: `host[:port]/repository[:tag][@digest]`, perhaps with `docker://` before it.
 *
 * The host is always named: a name without one would mean another image on each machine.
 *
 * @throws {GeartrainError} IMAGE_REFERENCE_INVALID
 * @see OCI distribution specification 1.1, "Pulling manifests"
 * @example
 *   parseRegistryReference("localhost:5000/lab/tool:1.2").repository // => "lab/tool"
 *   parseRegistryReference("localhost:5000/lab/tool").tag // => "latest"
 */
export function parseRegistryReference(text: string): RegistryReference {
  const plain = text.startsWith(SCHEME) ? text.slice(SCHEME.length) : text
  const slash = plain.indexOf("/")
  const host = plain.slice(0, Math.max(slash, 0))
  if (!HOST.test(host)) {
    throw invalid(
      text,
      "it does not begin with the host of a registry",
      "Write it as HOST/REPOSITORY:TAG, such as localhost:5000/lab/tool:1.0",
    )
  }
  const [named = "", digest, ...rest] = plain.slice(slash + 1).split("@")
  const colon = named.indexOf(":")
  const repository = colon < 0 ? named : named.slice(0, colon)
  const tag = colon < 0 ? "latest" : named.slice(colon + 1)
  if (!REPOSITORY.test(repository) || repository.length > MOST_REPOSITORY) {
    throw invalid(
      text,
      `"${repository}" is no name of a repository`,
      "Use lower-case letters, digits, and . _ - / between them",
    )
  }
  if (!TAG.test(tag)) throw invalid(text, `"${tag}" is no tag`, "Use letters, digits, _ . and - in the tag")
  if (digest === undefined) return { host, repository, tag }
  if (!isDigest(digest) || rest.length > 0) {
    throw invalid(
      text,
      `"${[digest, ...rest].join("@")}" is no digest`,
      "Write the digest as sha256: and 64 hexadecimal digits",
    )
  }
  return { host, repository, tag, digest }
}

/** A part of a registry: all repositories whose path begins so. */
export interface RegistryPlace {
  readonly host: string
  /** Empty for the whole registry. */
  readonly prefix: string
}

/**
 * Takes a place in a registry apart: `host[:port][/path]`, perhaps with `docker://` before it.
 *
 * @throws {GeartrainError} IMAGE_REFERENCE_INVALID
 * @example
 *   parseRegistryPlace("localhost:5000/lab/gears").prefix // => "lab/gears"
 *   parseRegistryPlace("docker://localhost:5000").prefix // => ""
 */
export function parseRegistryPlace(text: string): RegistryPlace {
  const plain = (text.startsWith(SCHEME) ? text.slice(SCHEME.length) : text).replace(/\/+$/, "")
  const slash = plain.indexOf("/")
  if (slash >= 0) {
    const { host, repository } = parseRegistryReference(`${plain}:any`)
    return { host, prefix: repository }
  }
  if (HOST.test(plain)) return { host: plain, prefix: "" }
  throw invalid(
    text,
    "it names no host of a registry",
    "Write it as docker://HOST/PATH, such as docker://localhost:5000/lab",
  )
}

/** Whether a text can only be meant as a reference to a registry, and as no path. */
export function isRegistryReference(text: string): boolean {
  if (text.startsWith(SCHEME)) return true
  const slash = text.indexOf("/")
  return slash > 0 && HOST.test(text.slice(0, slash))
}

/** Whether a host is this machine itself, to which no encryption is needed. */
export function isLoopback(host: string): boolean {
  const name = host.replace(/:\d+$/, "")
  return name === "localhost" || name === "[::1]" || /^127(\.\d{1,3}){3}$/.test(name)
}

function invalid(text: string, problem: string, hint: string): Error {
  return new GeartrainError("IMAGE_REFERENCE_INVALID", `Cannot find image ${JSON.stringify(text)}: ${problem}`, {
    hint,
  })
}
