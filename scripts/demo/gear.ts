import { join } from "node:path"
import { TOP } from "../top.ts"
import { RunFailure, run } from "./run.ts"

const GEAR = join(TOP, "packages/geartrain/bin/gear")

interface Reply<Data> {
  readonly ok: boolean
  readonly data: Data
  readonly error: { readonly code: string; readonly message: string; readonly fix?: string } | null
}

/**
 * Runs the `gear` command as a program would, and answers with the data of its JSON reply.
 *
 * @throws {Error} with the message of the reply and what mends it, when the command fails.
 */
export async function gear<Data>(args: readonly string[], home: string): Promise<Data> {
  try {
    const text = await run([GEAR, ...args, "--json"], { env: { ...process.env, GEARTRAIN_HOME: home } })
    return (JSON.parse(text) as Reply<Data>).data
  } catch (error) {
    const reply = error instanceof RunFailure ? readReply(error.stdout) : undefined
    if (reply?.error == null) throw error
    const fix = reply.error.fix === undefined ? "" : `\n→ ${reply.error.fix}`
    throw new Error(`gear ${args[0]}: ${reply.error.message} (${reply.error.code})${fix}`, { cause: error })
  }
}

function readReply(text: string): Reply<unknown> | undefined {
  try {
    return JSON.parse(text) as Reply<unknown>
  } catch {
    // It ended before it could answer: what it wrote says more.
    return undefined
  }
}
