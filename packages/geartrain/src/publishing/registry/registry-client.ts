import type { Digest } from "@geartrain/spec"
import { readSmallBody } from "./http-fetch.ts"
import type { RegistrySession } from "./registry-session.ts"

/** Both families: a registry answers with the one that the image was pushed in. */
const MANIFEST_TYPES = [
  "application/vnd.oci.image.index.v1+json",
  "application/vnd.oci.image.manifest.v1+json",
  "application/vnd.docker.distribution.manifest.list.v2+json",
  "application/vnd.docker.distribution.manifest.v2+json",
].join(", ")

/** Reads from one repository of a registry. What it answers has to be counted and compared by whoever asks. */
export class RegistryClient {
  readonly #session: RegistrySession
  readonly #repository: string

  constructor(session: RegistrySession, repository: string) {
    this.#session = session
    this.#repository = repository
  }

  /**
   * @param tagOrDigest  A digest is not compared here: the caller does.
   * @throws {GeartrainError} REGISTRY_UNAUTHORIZED, REGISTRY_NOT_FOUND, REGISTRY_BUSY, REGISTRY_UNAVAILABLE, REGISTRY_REPLY_INVALID
   */
  async manifest(
    tagOrDigest: string,
    options: { readonly maxBytes: number; readonly signal?: AbortSignal },
  ): Promise<Buffer> {
    const { maxBytes, ...abort } = options
    const what = `manifest "${tagOrDigest}" of "${this.#name()}"`
    const path = `${this.#repository}/manifests/${tagOrDigest}`
    const scope = `repository:${this.#repository}:pull`
    const answer = await this.#session.ask({ path, what, scope, headers: { accept: MANIFEST_TYPES }, ...abort })
    return readSmallBody(answer, maxBytes, what)
  }

  /** The bytes of a blob, which the caller has to count and to compare. @throws the same */
  async *blob(digest: Digest, options: { readonly signal?: AbortSignal }): AsyncGenerator<Uint8Array, void> {
    const what = `layer ${digest} of "${this.#name()}"`
    const path = `${this.#repository}/blobs/${digest}`
    const scope = `repository:${this.#repository}:pull`
    const answer = await this.#session.ask({ path, what, scope, headers: { accept: "*/*" }, ...options })
    yield* answer.body()
  }

  #name(): string {
    return `${this.#session.host}/${this.#repository}`
  }
}
