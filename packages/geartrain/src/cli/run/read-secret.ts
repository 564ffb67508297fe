import { GeartrainError } from "@geartrain/spec"
import { secretVariable } from "../../settings/secret-variable.ts"
import { type Refusal, readSmallFile } from "./read-small-file.ts"

/** A key is a line of text; nobody has one that is longer. */
const LONGEST_BYTES = 64 * 1024

/** What a secret is called, and the flag that gives the path of its file. */
interface SecretWords {
  readonly is: string
  readonly flag: string
}

const keyOf = (name: string): SecretWords => ({ is: `key "${name}"`, flag: `--key-file ${name}=PATH` })

/**
 * Reads secrets from files, so that they are in no list of processes and in no history of a shell.
 *
 * @param keyFiles  Name of the input to the path; `-` is standard input, for one of them.
 * @param wordsOf  By the name. Default: a key of a gear's.
 * @throws {GeartrainError} SECRET_UNREADABLE. The message has the path, never the secret.
 */
export async function readSecrets(
  keyFiles: Readonly<Record<string, string>>,
  wordsOf: (name: string) => SecretWords = keyOf,
): Promise<Readonly<Record<string, string>>> {
  const secrets = new Map<string, string>()
  let isInputRead = false
  for (const [name, path] of Object.entries(keyFiles)) {
    const refuse = refuserOf(name, path, wordsOf(name))
    if (path === "-" && isInputRead) throw refuse({ is: "standard input is read already" })
    isInputRead ||= path === "-"
    const secret = (path === "-" ? await readInput(refuse) : await readSecretFile(path, refuse)).trim()
    if (secret === "") throw refuse({ is: "it is empty" })
    secrets.set(name, secret)
  }
  return Object.fromEntries(secrets)
}

/**
 * Takes secrets from variables of the environment, where neither a list of processes nor a history of a shell has them.
 *
 * @param variables  Name of the input to the name of the variable.
 * @throws {GeartrainError} SECRET_UNREADABLE. The message has the variable's name, never the secret.
 */
export function secretsOf(variables: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const secrets = Object.entries(variables).map(([name, variable]) => {
    const secret = secretVariable(variable)?.trim()
    if (secret === undefined || secret === "") {
      const is = secret === undefined ? "it is not set" : "it is empty"
      throw new GeartrainError(
        "SECRET_UNREADABLE",
        `Cannot read key "${name}" from the variable "${variable}": ${is}`,
        {
          details: { input: name, variable },
          hint: `Set it, and hand it on to gear: export ${variable}`,
        },
      )
    }
    return [name, secret]
  })
  return Object.fromEntries(secrets)
}

type Refuser = (refusal: Refusal) => GeartrainError

function readSecretFile(path: string, refuse: Refuser): Promise<string> {
  return readSmallFile(path, {
    longestBytes: LONGEST_BYTES,
    // Where it is not text, the fault shows a piece of it.
    refuse: (refusal) => refuse(refusal.details === undefined ? refusal : { is: "it is not text in UTF-8" }),
  })
}

async function readInput(refuse: Refuser): Promise<string> {
  if (process.stdin.isTTY === true) throw refuse({ is: "standard input is a terminal, which would show it" })
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of process.stdin as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > LONGEST_BYTES) throw refuse({ is: `it has more than ${LONGEST_BYTES} bytes` })
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString("utf8")
}

function refuserOf(input: string, path: string, words: SecretWords): Refuser {
  return ({ is, cause }) =>
    new GeartrainError("SECRET_UNREADABLE", `Cannot read ${words.is} from "${path}": ${is}`, {
      details: { input, path },
      hint: `Write it to a file that only you can read: ${words.flag}`,
      ...(cause === undefined ? {} : { cause }),
    })
}
