import { answered, followEvents, type GearClient } from "@geartrain/sdk/client"
import type { Context } from "../command.ts"
import { escapeLogLine } from "../output/escape-text.ts"
import type { ServerJobFacts } from "./find-job.ts"

/** Writes the log of a job as it comes, until the attempt has ended. */
export async function followServerLog(client: GearClient, context: Context, job: string): Promise<void> {
  const { out } = context.terminal
  for await (const { event, data } of followEvents(client, `/api/v1/jobs/${job}/logs/stream`)) {
    if (event !== "text") continue
    const { text } = JSON.parse(data) as { readonly text: string }
    // A terminal obeys what it is sent.
    await out.pour(out.isTerminal ? text.split("\n").map(escapeLogLine).join("\n") : text)
    if (out.closed()) return
  }
}

/** Waits until a job has ended, being told and not asking again and again. */
export async function waitForServerJob(client: GearClient, job: string, signal?: AbortSignal): Promise<ServerJobFacts> {
  const read = async (): Promise<ServerJobFacts> =>
    answered(await client.api.GET("/api/v1/jobs/{job}", { params: { path: { job } } }))
  const first = await read()
  if (hasEnded(first)) return first
  const path = `/api/v1/events?subject=${job}&kind=job.changed`
  for await (const _ of followEvents(client, path, signal === undefined ? {} : { signal })) {
    const now = await read()
    if (hasEnded(now)) return now
  }
  return read()
}

export function hasEnded({ state }: Pick<ServerJobFacts, "state">): boolean {
  return state === "complete" || state === "failed" || state === "cancelled"
}
