import { GeartrainError } from "@geartrain/spec"
import { secretVariable } from "../../settings/secret-variable.ts"
import { type Refusal, readSmallFile } from "./read-small-file.ts"

/** A key is a line of text; nobody has one that is longer. */
const LONGEST_BYTES = 64 * 1024

/**
 * Reads secrets from files, so that they are in no list of processes and in no history of a shell.
 *
 * @param keyFiles  Name of the input to the path; `-` is standard input, for one of them.
 * @throws {GeartrainError} SECRET_UNREADABLE. The message has the path, never the secret.
 */
export async function readSecrets(
  keyFiles: Readonly<Record<string, string>>,
): Promise<Readonly<Record<string, string>>> {
  const secrets = new Map<string, string>()
  let isInputRead = false
  for (const [name, path] of Object.entries(keyFiles)) {
    if (path === "-" && isInputRead) throw unreadable(name, path, { is: "standard input is read already" })
    isInputRead ||= path === "-"
    const secret = (path === "-" ? await readInput(name) : await readSecretFile(name, path)).trim()
    if (secret === "") throw unreadable(name, path, { is: "it is empty" })
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

function readSecretFile(name: string, path: string): Promise<string> {
  // Where it is not text, the fault shows a piece of it.
  const refuse = (refusal: Refusal): GeartrainError =>
    unreadable(name, path, refusal.details === undefined ? refusal : { is: "it is not text in UTF-8" })
  return readSmallFile(path, { longestBytes: LONGEST_BYTES, refuse })
}

async function readInput(name: string): Promise<string> {
  if (process.stdin.isTTY === true)
    throw unreadable(name, "-", { is: "standard input is a terminal, which would show it" })
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of process.stdin as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > LONGEST_BYTES) throw unreadable(name, "-", { is: `it has more than ${LONGEST_BYTES} bytes` })
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString("utf8")
}

function unreadable(input: string, path: string, { is, cause }: Refusal): GeartrainError {
  return new GeartrainError("SECRET_UNREADABLE", `Cannot read key "${input}" from "${path}": ${is}`, {
    details: { input, path },
    hint: `Write the key to a file that only you can read: --key-file ${input}=PATH`,
    ...(cause === undefined ? {} : { cause }),
  })
}
