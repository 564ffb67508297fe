import { basename, dirname } from "node:path"
import { GeartrainError } from "@geartrain/spec"
import { createAtomically, writeAtomically } from "../../system/atomic-write.ts"
import { chmod, mkdir, readdir, readFile, rm, stat } from "../../system/files.ts"
import { systemCode } from "../../system/system-code.ts"
import { createKeyPair, type PublicKey, readPublicKey, readSigningKey, type SigningKey } from "./key-pair.ts"

/** A key of the user's own. */
export interface OwnKey extends PublicKey {
  readonly name: string
  /** Of its public half, to be given to others. */
  readonly path: string
}

/** Somebody else's key, and for which gears their word counts. */
export interface TrustedKey extends PublicKey {
  /** What the user calls whoever holds it. */
  readonly name: string
  /** Names of gears; `*` stands for any letters. */
  readonly gears: readonly string[]
}

/**
 * The keys of a user:
 *
 *   <folder>/own/<name>.key        secret, mode 0600, PKCS #8 in PEM
 *   <folder>/own/<name>.pub        its public half, in PEM
 *   <folder>/trusted/<name>.json   {"format": "geartrain-trusted-key/1", "gears": [...], "key": PEM}
 */
export interface KeyFolder {
  /** @throws {GeartrainError} KEY_EXISTS, KEY_INVALID for a name that is none. */
  create(name: string): Promise<OwnKey>
  /** @throws {GeartrainError} KEY_NOT_FOUND; KEY_INVALID, also when others may read it. */
  open(name: string): Promise<SigningKey>
  own(): Promise<readonly OwnKey[]>
  trusted(): Promise<readonly TrustedKey[]>
  /** Replaces what was trusted under this name, if it is the same key. @throws {GeartrainError} KEY_EXISTS, KEY_INVALID */
  trust(name: string, key: PublicKey, gears: readonly string[]): Promise<TrustedKey>
  /** @throws {GeartrainError} KEY_NOT_FOUND */
  distrust(name: string): Promise<void>
}

const FORMAT = "geartrain-trusted-key/1"
const NAME = /^[A-Za-z0-9][A-Za-z0-9._@-]{0,63}$/
const MOST_KEY_BYTES = 64 * 1024

export function openKeyFolder(folder: string): KeyFolder {
  const secretPath = (name: string): string => `${folder}/own/${checkedName(name)}.key`
  const publicPath = (name: string): string => `${folder}/own/${checkedName(name)}.pub`
  const trustedPath = (name: string): string => `${folder}/trusted/${checkedName(name)}.json`
  const trusted = (): Promise<readonly TrustedKey[]> => readEach(`${folder}/trusted`, ".json", readTrusted)
  return {
    create: async (name) => {
      const { publicKey, secretPem } = createKeyPair()
      await writeSecret(secretPath(name), secretPem, name)
      await writeText(publicPath(name), publicKey.pem)
      return { ...publicKey, name, path: publicPath(name) }
    },
    open: async (name) => {
      const path = secretPath(name)
      const pem = await readSmall(path)
      if (pem === undefined) throw notFound(name, "Make one: gear key new", await namesIn(`${folder}/own`, ".key"))
      if (((await stat(path)).mode & 0o077) !== 0) {
        throw new GeartrainError("KEY_INVALID", `Cannot use key "${path}": others may read it`, {
          hint: `Take that away, and make a new one if anybody has: chmod 600 ${path}`,
        })
      }
      return readSigningKey(pem, path)
    },
    own: () => readEach(`${folder}/own`, ".pub", (name, text, path) => ({ ...readPublicKey(text, path), name, path })),
    trusted,
    trust: async (name, key, gears) => {
      const path = trustedPath(name)
      const there = (await trusted()).find((each) => each.name === name)
      if (there !== undefined && there.id !== key.id) throw taken(name)
      await writeText(path, `${JSON.stringify({ format: FORMAT, gears, key: key.pem }, undefined, 2)}\n`)
      return { ...key, name, gears }
    },
    distrust: async (name) => {
      const path = trustedPath(name)
      if ((await readSmall(path)) === undefined) {
        throw notFound(name, "See which there are: gear key list", await namesIn(`${folder}/trusted`, ".json"))
      }
      await rm(path)
    },
  }
}

/**
 * Whether a trusted key speaks for a gear.
 *
 * @example
 *   speaksFor({ gears: ["fsl-*"] }, "fsl-bet") // => true
 *   speaksFor({ gears: ["fsl-*"] }, "ants") // => false
 */
export function speaksFor(key: Pick<TrustedKey, "gears">, gear: string): boolean {
  return key.gears.some((pattern) => {
    const [first = "", ...rest] = pattern.split("*")
    if (rest.length === 0) return pattern === gear
    const last = rest.pop() ?? ""
    if (!gear.startsWith(first) || gear.length < first.length + last.length || !gear.endsWith(last)) return false
    let from = first.length
    for (const part of rest) {
      const found = gear.indexOf(part, from)
      if (found === -1) return false
      from = found + part.length
    }
    return from <= gear.length - last.length
  })
}

function readTrusted(name: string, text: string, path: string): TrustedKey {
  const { format, gears, key } = parse(text) as Readonly<Record<string, unknown>>
  const isWhole = format === FORMAT && typeof key === "string" && Array.isArray(gears)
  if (!isWhole || !gears.every((each) => typeof each === "string")) {
    throw new GeartrainError(
      "KEY_INVALID",
      `Cannot read trusted key "${path}": it is not as gear key trust writes it`,
      {
        hint: `Remove it, and trust the key again: gear key distrust ${name}`,
      },
    )
  }
  return { ...readPublicKey(key, path), name, gears }
}

function parse(text: string): object {
  try {
    return JSON.parse(text) ?? {}
  } catch {
    // The caller says what is wrong with a file that lacks everything.
    return {}
  }
}

async function readEach<Key>(
  folder: string,
  ending: string,
  read: (name: string, text: string, path: string) => Key,
): Promise<readonly Key[]> {
  const keys: Key[] = []
  for (const name of await namesIn(folder, ending)) {
    const path = `${folder}/${name}${ending}`
    const text = await readSmall(path)
    if (text !== undefined) keys.push(read(name, text, path))
  }
  return keys
}

async function namesIn(folder: string, ending: string): Promise<readonly string[]> {
  const files = await readdir(folder).catch(ifThere)
  return (files ?? [])
    .filter((file) => file.endsWith(ending))
    .map((file) => basename(file, ending))
    .toSorted()
}

async function readSmall(path: string): Promise<string | undefined> {
  const text = await readFile(path, "utf8").catch(ifThere)
  return text?.slice(0, MOST_KEY_BYTES)
}

function ifThere(error: unknown): undefined {
  if (systemCode(error) === "ENOENT") return undefined
  throw error
}

/** A name is taken for good by the first who gets it, and nobody else can read the file at any moment. */
async function writeSecret(path: string, pem: string, name: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  await chmod(dirname(path), 0o700)
  if (!(await createAtomically(path, pem, { mode: 0o600 }))) throw taken(name)
}

function writeText(path: string, text: string): Promise<void> {
  return writeAtomically(path, async (file) => {
    await file.writeFile(text)
  })
}

function checkedName(name: string): string {
  if (NAME.test(name)) return name
  throw new GeartrainError(
    "KEY_INVALID",
    `Cannot use "${name}" as the name of a key: it has other signs than a name may`,
    {
      hint: "Use letters, digits, and . _ @ - after the first",
    },
  )
}

function taken(name: string): Error {
  return new GeartrainError("KEY_EXISTS", `Cannot make key "${name}": there is another of this name`, {
    hint: "Give it another name; gear key list tells which there are",
  })
}

function notFound(name: string, hint: string, known: readonly string[]): Error {
  const there = known.length === 0 ? "there is none at all" : `there are ${known.join(", ")}`
  return new GeartrainError("KEY_NOT_FOUND", `Cannot find key "${name}": ${there}`, { hint })
}
