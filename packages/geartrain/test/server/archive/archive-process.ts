import { type ChildProcess, spawn } from "node:child_process"
import { once } from "node:events"
import { readFileSync } from "node:fs"
import { request } from "node:http"
import { createInterface } from "node:readline"
import { fileURLToPath } from "node:url"

const PROGRAM = fileURLToPath(new URL("serve-archive.ts", import.meta.url))

/** A running `serve-archive.ts`. */
export interface ArchiveProcess {
  readonly address: string
  /** The most memory that it ever had, in bytes. */
  peakBytes(): number
  /** Ends it without a word, as a crash does. */
  kill(): Promise<void>
}

/** @param options.diskMiB  FOLDER becomes a disk of this size, which nobody else sees. Needs root. */
export async function startArchive(
  database: string,
  folder: string,
  options: { readonly diskMiB?: number } = {},
): Promise<ArchiveProcess> {
  const own = [process.execPath, PROGRAM, database, folder]
  const script = `mount -t tmpfs -o size=${options.diskMiB}m tmpfs "$3" && exec "$0" "$@"`
  const [program = "", ...words] =
    options.diskMiB === undefined ? own : ["unshare", "--mount", "--propagation", "private", "sh", "-c", script, ...own]
  const child = spawn(program, words, { stdio: ["ignore", "pipe", "inherit"] })
  const [address] = (await once(createInterface(child.stdout), "line")) as [string]
  return {
    address,
    peakBytes: () => Number(/VmHWM:\s*(\d+) kB/.exec(readFileSync(`/proc/${child.pid}/status`, "utf8"))?.[1]) * 1024,
    kill: () => kill(child),
  }
}

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = once(child, "exit")
  child.kill("SIGKILL")
  await ended
}

export interface Answer {
  readonly status: number
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of all shapes, and a wrong guess fails them
  readonly body: any
}

/** Sends bytes, and takes the answer although it comes before all were sent. */
export function send(
  method: string,
  url: string,
  bytes?: AsyncIterable<Uint8Array>,
  type = "application/octet-stream",
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const outgoing = request(
      url,
      { method, headers: bytes === undefined ? {} : { "content-type": type } },
      (incoming) => {
        const chunks: Buffer[] = []
        incoming.on("data", (chunk: Buffer) => chunks.push(chunk))
        incoming.on("error", reject)
        incoming.on("end", () => {
          const text = Buffer.concat(chunks).toString()
          resolve({ status: incoming.statusCode ?? 0, body: text === "" ? undefined : JSON.parse(text) })
          outgoing.destroy()
        })
      },
    )
    outgoing.on("error", reject)
    void (async () => {
      for await (const chunk of bytes ?? []) {
        if (outgoing.destroyed) return
        if (!outgoing.write(chunk)) await once(outgoing, "drain").catch(reject)
      }
      outgoing.end()
    })()
  })
}

export function sendJson(method: string, url: string, body: unknown): Promise<Answer> {
  return send(
    method,
    url,
    (async function* () {
      yield Buffer.from(JSON.stringify(body))
    })(),
    "application/json",
  )
}
