import { type Digest, GeartrainError } from "@geartrain/spec"
import { type AuthChallenge, parseChallenges } from "./auth-challenge.ts"
import type { Credentials } from "./auth-file.ts"
import { type HttpAnswer, type HttpPatience, httpGet, readSmallBody } from "./http-fetch.ts"
import { isLoopback, type RegistryReference } from "./registry-reference.ts"

export interface RegistryClientOptions {
  readonly patience: HttpPatience
  readonly credentials?: Credentials
}

/** Both families: a registry answers with the one that the image was pushed in. */
const MANIFEST_TYPES = [
  "application/vnd.oci.image.index.v1+json",
  "application/vnd.oci.image.manifest.v1+json",
  "application/vnd.docker.distribution.manifest.list.v2+json",
  "application/vnd.docker.distribution.manifest.v2+json",
].join(", ")

const MOST_TOKEN_BYTES = 1024 * 1024

/**
 * Reads from one repository of a registry, and proves who it is in the way that the registry asks for: not at all, with a token (with or
 * without credentials), or with credentials.
 *
 * @see OCI distribution specification 1.1; Distribution, "Token Authentication Specification"
 */
export class RegistryClient {
  readonly #reference: RegistryReference
  readonly #options: RegistryClientOptions
  readonly #base: string
  /** Value of the `authorization` header that worked last. */
  #authorization: string | undefined

  constructor(reference: RegistryReference, options: RegistryClientOptions) {
    this.#reference = reference
    this.#options = options
    const scheme = isLoopback(reference.host) ? "http" : "https"
    this.#base = `${scheme}://${reference.host}/v2/${reference.repository}`
  }

  /**
   * @param tagOrDigest  A digest is not compared here: the caller does.
   * @throws {GeartrainError} REGISTRY_UNAUTHORIZED, REGISTRY_NOT_FOUND, REGISTRY_BUSY, REGISTRY_UNAVAILABLE, REGISTRY_REPLY_INVALID
   */
  async manifest(
    tagOrDigest: string,
    options: { readonly maxBytes: number; readonly signal?: AbortSignal },
  ): Promise<Buffer> {
    const what = `manifest "${tagOrDigest}" of "${this.#name()}"`
    const answer = await this.#get(`manifests/${tagOrDigest}`, { what, accept: MANIFEST_TYPES, ...options })
    return readSmallBody(answer, options.maxBytes, what)
  }

  /** The bytes of a blob, which the caller has to count and to compare. @throws the same */
  async *blob(digest: Digest, options: { readonly signal?: AbortSignal }): AsyncGenerator<Uint8Array, void> {
    const what = `layer ${digest} of "${this.#name()}"`
    const answer = await this.#get(`blobs/${digest}`, { what, accept: "*/*", ...options })
    yield* answer.body()
  }

  #name(): string {
    return `${this.#reference.host}/${this.#reference.repository}`
  }

  async #get(
    path: string,
    asked: { readonly what: string; readonly accept: string; readonly signal?: AbortSignal },
  ): Promise<HttpAnswer> {
    const first = await this.#ask(path, asked)
    if (first.status !== 401) return this.#checked(first, asked.what)
    await first.discard()
    this.#authorization = await this.#prove(first, asked)
    return this.#checked(await this.#ask(path, asked), asked.what)
  }

  #ask(
    path: string,
    asked: { readonly what: string; readonly accept: string; readonly signal?: AbortSignal },
  ): Promise<HttpAnswer> {
    const proof: Record<string, string> =
      this.#authorization === undefined ? {} : { authorization: this.#authorization }
    const headers = { accept: asked.accept, ...proof }
    const { what, signal } = asked
    const { patience } = this.#options
    return httpGet({
      url: `${this.#base}/${path}`,
      headers,
      what,
      patience,
      ...(signal === undefined ? {} : { signal }),
    })
  }

  async #checked(answer: HttpAnswer, what: string): Promise<HttpAnswer> {
    if (answer.status === 200) return answer
    await answer.discard()
    const { host } = this.#reference
    if (answer.status === 401 || answer.status === 403) throw this.#unauthorized(what)
    if (answer.status === 404) {
      throw new GeartrainError("REGISTRY_NOT_FOUND", `Cannot get ${what}: the registry does not have it`, {
        hint: `Check the name and the tag; some registries say so of private images too: docker login ${host}`,
      })
    }
    throw new GeartrainError(
      "REGISTRY_REPLY_INVALID",
      `Cannot get ${what}: "${host}" answers with status ${answer.status}`,
      {
        hint: `Check that ${host} is a registry`,
      },
    )
  }

  /** Finds out what to send so that the next request is let through. */
  async #prove(answer: HttpAnswer, asked: { readonly what: string; readonly signal?: AbortSignal }): Promise<string> {
    const challenges = parseChallenges(answer.headers.get("www-authenticate") ?? "")
    const bearer = challenges.find(({ scheme }) => scheme === "bearer")
    if (bearer !== undefined) return `Bearer ${await this.#fetchToken(bearer, asked)}`
    const { credentials } = this.#options
    if (challenges.some(({ scheme }) => scheme === "basic") && credentials !== undefined) return basic(credentials)
    throw this.#unauthorized(asked.what)
  }

  async #fetchToken(
    challenge: AuthChallenge,
    asked: { readonly what: string; readonly signal?: AbortSignal },
  ): Promise<string> {
    const { credentials, patience } = this.#options
    const realm = URL.parse(challenge.parameters.get("realm") ?? "")
    const isSafe =
      realm?.protocol === "https:" ||
      (realm?.protocol === "http:" && isLoopback(realm.host) && isLoopback(this.#reference.host))
    if (realm === null || !isSafe) throw this.#badToken(asked.what, "it names no safe place to get a token from")
    const service = challenge.parameters.get("service")
    if (service !== undefined) realm.searchParams.set("service", service)
    realm.searchParams.set(
      "scope",
      challenge.parameters.get("scope") ?? `repository:${this.#reference.repository}:pull`,
    )
    const headers: Record<string, string> = credentials === undefined ? {} : { authorization: basic(credentials) }
    const { what, signal } = asked
    const answer = await httpGet({
      url: realm.href,
      headers,
      what,
      patience,
      ...(signal === undefined ? {} : { signal }),
    })
    if (answer.status !== 200) {
      await answer.discard()
      throw this.#unauthorized(what)
    }
    return this.#readToken(await readSmallBody(answer, MOST_TOKEN_BYTES, what), what)
  }

  #readToken(body: Buffer, what: string): string {
    let reply: { readonly token?: unknown; readonly access_token?: unknown } | null
    try {
      reply = JSON.parse(body.toString("utf8"))
    } catch {
      // The cause would quote the reply, which may hold a token.
      throw this.#badToken(what, "the answer of its token server is no JSON")
    }
    // Two names for one thing, for the sake of OAuth 2 clients.
    const token = reply?.token ?? reply?.access_token
    // Only what a header can carry, and no line feeds that would begin another one.
    if (typeof token !== "string" || !/^[\x21-\x7e]+$/.test(token))
      throw this.#badToken(what, "its token server gives no token")
    return token
  }

  #badToken(what: string, problem: string): Error {
    const hint = "Tell the operators of the registry"
    return new GeartrainError("REGISTRY_REPLY_INVALID", `Cannot get ${what}: ${problem}`, { hint })
  }

  #unauthorized(what: string): Error {
    const { host } = this.#reference
    const had =
      this.#options.credentials === undefined ? "no credentials are known for it" : "the credentials were refused"
    return new GeartrainError("REGISTRY_UNAUTHORIZED", `Cannot get ${what}: "${host}" asks who is there, and ${had}`, {
      hint: `Run docker login ${host}, or podman login ${host}; credential helpers are not asked`,
    })
  }
}

function basic({ username, password }: Credentials): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}`
}
