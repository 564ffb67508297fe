import { GeartrainError } from "@geartrain/spec"
import { type AuthChallenge, parseChallenges } from "./auth-challenge.ts"
import type { Credentials } from "./auth-file.ts"
import { type HttpAnswer, type HttpBody, type HttpPatience, httpAsk, readSmallBody } from "./http-fetch.ts"
import { isLoopback } from "./registry-reference.ts"

export interface RegistrySessionOptions {
  readonly patience: HttpPatience
  readonly credentials?: Credentials
}

/** One question to a registry. */
export interface RegistryQuestion {
  readonly method?: "GET" | "HEAD" | "POST" | "PUT"
  /** Below `/v2/`, or a whole URL that the registry has given. */
  readonly path: string
  /** For messages: `manifest "1.0" of "lab/tool"`. */
  readonly what: string
  readonly verb?: "get" | "store" | "list"
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: HttpBody
  /** What to ask a token for where the registry does not say it itself. */
  readonly scope?: string
  /** Answers that are no error. Default: 200. */
  readonly accepts?: readonly number[]
  /** The server is not asked again when it does not answer. */
  readonly once?: boolean
  readonly signal?: AbortSignal
}

const MOST_TOKEN_BYTES = 1024 * 1024

/**
 * Talks to one registry, and proves who it is in the way that the registry asks for: not at all, with a token (with or without credentials), or
 * with credentials.
 *
 * @see OCI distribution specification 1.1; Distribution, "Token Authentication Specification"
 */
export class RegistrySession {
  readonly host: string
  readonly #options: RegistrySessionOptions
  readonly #origin: string
  /** Value of the `authorization` header that worked last. */
  #authorization: string | undefined

  constructor(host: string, options: RegistrySessionOptions) {
    this.host = host
    this.#options = options
    this.#origin = `${isLoopback(host) ? "http" : "https"}://${host}`
  }

  get patience(): HttpPatience {
    return this.#options.patience
  }

  /** @throws {GeartrainError} REGISTRY_UNAUTHORIZED, REGISTRY_NOT_FOUND, REGISTRY_BUSY, REGISTRY_UNAVAILABLE, REGISTRY_REPLY_INVALID */
  async ask(question: RegistryQuestion): Promise<HttpAnswer> {
    const first = await this.#send(question)
    if (first.status !== 401) return this.#checked(first, question)
    await first.discard()
    this.#authorization = await this.#prove(first, question)
    return this.#checked(await this.#send(question), question)
  }

  async #send(question: RegistryQuestion): Promise<HttpAnswer> {
    const { method, what, verb, body, signal } = question
    const url = URL.parse(question.path, `${this.#origin}/v2/`)
    const isOwn = url?.origin === this.#origin
    if (url === null || !(isOwn || url.protocol === "https:")) {
      throw this.#invalid(question, "it sends to where nobody should be sent")
    }
    // Who one is, is told to the registry itself and to no other.
    const proof: Record<string, string> =
      this.#authorization === undefined || !isOwn ? {} : { authorization: this.#authorization }
    return httpAsk({
      url: url.href,
      headers: { ...question.headers, ...proof },
      what,
      patience: question.once === true ? { ...this.#options.patience, retries: 0 } : this.#options.patience,
      ...(method === undefined ? {} : { method }),
      ...(verb === undefined ? {} : { verb }),
      ...(body === undefined ? {} : { body }),
      ...(signal === undefined ? {} : { signal }),
    })
  }

  async #checked(answer: HttpAnswer, question: RegistryQuestion): Promise<HttpAnswer> {
    if ((question.accepts ?? [200]).includes(answer.status)) return answer
    await answer.discard()
    const { host } = this
    if (answer.status === 401 || answer.status === 403) throw this.#unauthorized(question)
    if (answer.status === 404) {
      throw new GeartrainError("REGISTRY_NOT_FOUND", `${cannot(question)}: the registry does not have it`, {
        hint: `Check the name and the tag; some registries say so of private images too: docker login ${host}`,
      })
    }
    throw new GeartrainError(
      "REGISTRY_REPLY_INVALID",
      `${cannot(question)}: "${host}" answers with status ${answer.status}`,
      {
        hint: `Check that ${host} is a registry`,
      },
    )
  }

  /** Finds out what to send so that the next request is let through. */
  async #prove(answer: HttpAnswer, question: RegistryQuestion): Promise<string> {
    const challenges = parseChallenges(answer.headers.get("www-authenticate") ?? "")
    const bearer = challenges.find(({ scheme }) => scheme === "bearer")
    if (bearer !== undefined) return `Bearer ${await this.#fetchToken(bearer, question)}`
    const { credentials } = this.#options
    if (challenges.some(({ scheme }) => scheme === "basic") && credentials !== undefined) return basic(credentials)
    throw this.#unauthorized(question)
  }

  async #fetchToken(challenge: AuthChallenge, question: RegistryQuestion): Promise<string> {
    const { credentials, patience } = this.#options
    const realm = URL.parse(challenge.parameters.get("realm") ?? "")
    const isSafe =
      realm?.protocol === "https:" || (realm?.protocol === "http:" && isLoopback(realm.host) && isLoopback(this.host))
    if (realm === null || !isSafe) throw this.#invalid(question, "it names no safe place to get a token from")
    const service = challenge.parameters.get("service")
    if (service !== undefined) realm.searchParams.set("service", service)
    const scope = challenge.parameters.get("scope") ?? question.scope
    if (scope !== undefined) realm.searchParams.set("scope", scope)
    const headers: Record<string, string> = credentials === undefined ? {} : { authorization: basic(credentials) }
    const { what, signal } = question
    const answer = await httpAsk({
      url: realm.href,
      headers,
      what,
      patience,
      ...(signal === undefined ? {} : { signal }),
    })
    if (answer.status !== 200) {
      await answer.discard()
      throw this.#unauthorized(question)
    }
    return this.#readToken(await readSmallBody(answer, MOST_TOKEN_BYTES, what), question)
  }

  #readToken(body: Buffer, question: RegistryQuestion): string {
    let reply: { readonly token?: unknown; readonly access_token?: unknown } | null
    try {
      reply = JSON.parse(body.toString("utf8"))
    } catch {
      // The cause would quote the reply, which may hold a token.
      throw this.#invalid(question, "the answer of its token server is no JSON")
    }
    // Two names for one thing, for the sake of OAuth 2 clients.
    const token = reply?.token ?? reply?.access_token
    // Only what a header can carry, and no line feeds that would begin another one.
    if (typeof token !== "string" || !/^[\x21-\x7e]+$/.test(token))
      throw this.#invalid(question, "its token server gives no token")
    return token
  }

  #invalid(question: RegistryQuestion, problem: string): Error {
    const hint = "Tell the operators of the registry"
    return new GeartrainError("REGISTRY_REPLY_INVALID", `${cannot(question)}: ${problem}`, { hint })
  }

  #unauthorized(question: RegistryQuestion): Error {
    const { host } = this
    const had =
      this.#options.credentials === undefined ? "no credentials are known for it" : "the credentials were refused"
    return new GeartrainError("REGISTRY_UNAUTHORIZED", `${cannot(question)}: "${host}" asks who is there, and ${had}`, {
      hint: `Run docker login ${host}, or podman login ${host}; credential helpers are not asked`,
    })
  }
}

function cannot({ verb, what }: RegistryQuestion): string {
  return `Cannot ${verb ?? "get"} ${what}`
}

function basic({ username, password }: Credentials): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}`
}
