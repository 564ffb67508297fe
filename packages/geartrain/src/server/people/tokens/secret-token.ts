import { sha256 } from "../../../system/hash.ts"
import { randomHex } from "../../../system/random.ts"
import { isSameText } from "../../../system/secrets/same-text.ts"
import { makeId } from "../../database/make-id.ts"

/** What a token is of: it is the third letter of it. */
export type TokenKind = "key" | "job" | "runner" | "session"

const LETTERS: Readonly<Record<TokenKind, string>> = { key: "k", job: "j", runner: "r", session: "s" }

const SECRET_BYTES = 32

export interface SecretToken {
  readonly kind: TokenKind
  /** By which it is looked up. No secret. */
  readonly id: string
  readonly secret: string
}

/** A token that is shown once, and what is kept of it. */
export interface NewToken {
  readonly id: string
  /** All of it, for whoever it is made for. */
  readonly text: string
  readonly secretDigest: string
}

/**
 * Makes a token: `gtk_⟨id⟩_⟨secret⟩`, of which the server keeps the id and a digest. The secret has 256 random bits: no slow hash makes those
 * harder to guess. Its beginning lets programs that look for secrets in files find it.
 */
export function makeToken(kind: TokenKind): NewToken {
  const id = makeId()
  const secret = randomHex(SECRET_BYTES)
  return { id, text: `gt${LETTERS[kind]}_${id}_${secret}`, secretDigest: digestOf(secret) }
}

/**
 * Reads a token that somebody shows.
 *
 * @returns undefined for what is none.
 * @example
 *   readToken("gtk_x") // => undefined
 */
export function readToken(text: string): SecretToken | undefined {
  const [, letter, id, secret] = /^gt([kjrs])_([0-9a-f]{24})_([0-9a-f]{64})$/.exec(text) ?? []
  const kind = (Object.keys(LETTERS) as TokenKind[]).find((each) => LETTERS[each] === letter)
  return kind === undefined || id === undefined || secret === undefined ? undefined : { kind, id, secret }
}

export function isSecret(token: SecretToken, secretDigest: string): boolean {
  return isSameText(digestOf(token.secret), secretDigest)
}

function digestOf(secret: string): string {
  return sha256(Buffer.from(secret))
}
