import { argon2, randomBytes, timingSafeEqual } from "node:crypto"

/** Work that guessing one password costs. */
export interface PasswordWork {
  readonly memoryKib: number
  readonly passes: number
  readonly lanes: number
}

/** @see https://cheatsheetseries.owasp.org/cheatsheets/Password_Storage_Cheat_Sheet.html#argon2id */
export const USUAL_WORK: PasswordWork = { memoryKib: 19 * 1024, passes: 2, lanes: 1 }

const SALT_BYTES = 16
const HASH_BYTES = 32

/**
 * Hashes a password with Argon2id, under a salt of its own.
 *
 * @returns `$argon2id$v=19$m=…,t=…,p=…$salt$hash`.
 * @see RFC 9106 for the algorithm, https://github.com/P-H-C/phc-string-format for the form
 */
export async function hashPassword(password: string, work: PasswordWork = USUAL_WORK): Promise<string> {
  const salt = randomBytes(SALT_BYTES)
  const hash = await derive(password, { work, salt, hashBytes: HASH_BYTES })
  return `$argon2id$v=19$m=${work.memoryKib},t=${work.passes},p=${work.lanes}$${base64(salt)}$${base64(hash)}`
}

/**
 * Whether a password is the one that was hashed, in a time that does not depend on how much of it is right.
 *
 * @returns also whether it was hashed with other work than is usual today.
 * @throws {TypeError} when the text is no hash of `hashPassword`.
 */
export async function checkPassword(
  password: string,
  phc: string,
): Promise<{ readonly isRight: boolean; readonly isOld: boolean }> {
  const { work, salt, hash } = readPhc(phc)
  const found = await derive(password, { work, salt, hashBytes: hash.length })
  const isOld =
    work.memoryKib !== USUAL_WORK.memoryKib || work.passes !== USUAL_WORK.passes || work.lanes !== USUAL_WORK.lanes
  return { isRight: timingSafeEqual(found, hash), isOld }
}

interface Kept {
  readonly work: PasswordWork
  readonly salt: Buffer
  readonly hash: Buffer
}

function readPhc(phc: string): Kept {
  const match = /^\$argon2id\$v=19\$m=(\d{1,7}),t=(\d{1,3}),p=(\d{1,2})\$([\w+/]{11,86})\$([\w+/]{22,86})$/.exec(phc)
  if (match === null) throw new TypeError("not a hash of a password by Argon2id")
  const [, memory, passes, lanes, salt = "", hash = ""] = match
  return {
    work: { memoryKib: Number(memory), passes: Number(passes), lanes: Number(lanes) },
    salt: Buffer.from(salt, "base64"),
    hash: Buffer.from(hash, "base64"),
  }
}

function derive(
  password: string,
  { work, salt, hashBytes }: { readonly work: PasswordWork; readonly salt: Buffer; readonly hashBytes: number },
): Promise<Buffer> {
  const settings = {
    // One person's keyboards write the same letter in two ways.
    message: Buffer.from(password.normalize("NFKC")),
    nonce: salt,
    parallelism: work.lanes,
    tagLength: hashBytes,
    memory: work.memoryKib,
    passes: work.passes,
  }
  return new Promise((resolve, reject) =>
    argon2("argon2id", settings, (error, key) => (error === null ? resolve(key) : reject(error))),
  )
}

function base64(bytes: Buffer): string {
  return bytes.toString("base64").replace(/=+$/, "")
}
