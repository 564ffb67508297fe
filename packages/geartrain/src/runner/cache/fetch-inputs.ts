import type { Digest } from "@geartrain/spec"
import type { ClaimedInput } from "@geartrain/spec/server"
import type { RunnerPorts } from "../runner-ports.ts"
import { type FetchOptions, fetchBlob } from "./fetch-blob.ts"

/** On their way at once: of thousands of small files, most of the time is waiting for an answer. */
const AT_ONCE = 8

/**
 * Brings all that goes into a job, each content once, some at a time. When one cannot be had, no more is begun, and what is under way has ended
 * before that is told.
 *
 * @returns where each input's bytes lie, by its name, in the order of the inputs.
 * @throws {GeartrainError} What `fetchBlob` throws.
 */
export async function fetchInputs(
  inputs: readonly ClaimedInput[],
  ports: Pick<RunnerPorts, "engine" | "nearBlob">,
  options: FetchOptions,
): Promise<Map<string, string>> {
  const waiting = new Map(inputs.map((input) => [input.digest, input])).values()
  const paths = new Map<Digest, string>()
  let isOver = false
  const fetchNext = async (): Promise<void> => {
    try {
      for (const input of waiting) {
        paths.set(input.digest, await fetchBlob(input, ports, options))
        if (isOver) return
      }
    } catch (error) {
      isOver = true
      throw error
    }
  }
  const ended = await Promise.allSettled(Array.from({ length: AT_ONCE }, fetchNext))
  const failed = ended.find(({ status }) => status === "rejected")
  if (failed?.status === "rejected") throw failed.reason
  return new Map(inputs.map(({ input, digest }) => [input, needed(paths.get(digest))]))
}

function needed(path: string | undefined): string {
  if (path === undefined) throw new TypeError("every content was fetched")
  return path
}
