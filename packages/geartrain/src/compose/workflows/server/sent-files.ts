import type { GearClient } from "@geartrain/sdk/client"
import type { Digest } from "@geartrain/spec"
import type { KnownFile } from "@geartrain/spec/workflow"
import { readPages } from "../../../archive/transfer/read-pages.ts"
import { sendFile } from "../../../archive/transfer/upload/send-file.ts"
import type { UploadNotes } from "../../../archive/transfer/upload/upload-notes.ts"
import { createReadStream } from "../../../system/files.ts"
import { seenName } from "../order-request.ts"
import { findAnalysis } from "./find-analysis.ts"
import type { Patience } from "./patience.ts"
import type { SentNote } from "./sent-notes.ts"
import type { StoredPlaces } from "./stored-places.ts"

export interface Sending {
  readonly client: GearClient
  readonly project: string
  /** What the analysis is called that the files go to. */
  readonly label: string
  readonly description: string
  readonly notes: UploadNotes
  readonly places: StoredPlaces
  readonly patience: Patience
  readonly signal: AbortSignal
  /** Told of each file that the server has by now. */
  readonly onSent: (note: SentNote) => Promise<void>
}

/** So many files are sent at one time. */
const AT_ONCE = 4

/** Sends the files that jobs of a run read and the server has not: each once, into one analysis of the run. */
export class SentFiles {
  readonly #to: Sending
  readonly #sent = new Map<Digest, Promise<void>>()
  readonly #turns: Promise<unknown>[] = Array.from({ length: AT_ONCE }, () => Promise.resolve())
  #next = 0
  #analysis: Promise<string> | undefined

  constructor(to: Sending) {
    this.#to = to
  }

  /** Resolves when the server has the bytes, and the place of them is noted. @throws {GeartrainError} what `sendFile` throws. */
  send(file: KnownFile & { readonly path: string }): Promise<void> {
    const known = this.#sent.get(file.digest)
    if (known !== undefined) return known
    const sending = this.#inTurn(() => this.#send(file))
    this.#sent.set(file.digest, sending)
    // The next job that reads it tries again.
    sending.catch(() => this.#sent.delete(file.digest))
    return sending
  }

  forget(digest: Digest): void {
    this.#sent.delete(digest)
  }

  #inTurn(work: () => Promise<void>): Promise<void> {
    const turn = this.#next
    this.#next = (turn + 1) % AT_ONCE
    const mine = (this.#turns[turn] as Promise<unknown>).then(work)
    this.#turns[turn] = mine.catch(() => undefined)
    return mine
  }

  async #send(file: KnownFile & { readonly path: string }): Promise<void> {
    const { client, notes, places, patience, signal } = this.#to
    this.#analysis ??= this.#open()
    this.#analysis.catch(() => {
      this.#analysis = undefined
    })
    const place = await this.#analysis
    // What an earlier process has sent is there.
    if (places.find(file.digest)?.startsWith("file:") === true) return
    const { digest, sizeBytes, path } = file
    const consignment = { place, name: sentName(file), sizeBytes, digest, bytes: () => createReadStream(path) }
    const sending = { client, notes, signal, onBytes: () => undefined }
    const sent = await patience(() => sendFile(consignment, sending), signal)
    places.noteFile(digest, sent.file.id)
    await this.#to.onSent({ digest, file: sent.file.id })
  }

  async #open(): Promise<string> {
    const { client, project, label, description, patience, signal, places } = this.#to
    const id = await patience(() => findAnalysis(client, { project, label, description }, signal), signal)
    const ask = (query: object) =>
      client.api.GET("/api/v1/places/{id}/files", { params: { path: { id }, query }, signal })
    await patience(async () => {
      for await (const files of readPages(ask))
        for (const { id: file, digest } of files) places.noteFile(digest as Digest, file)
    }, signal)
    return id
  }
}

/** Two files of one name are no versions of each other. The name that a gear sees is another. */
function sentName(file: KnownFile): string {
  return `${file.digest.slice("sha256:".length, "sha256:".length + 16)}-${[...seenName(file)].slice(-50).join("")}`
}
