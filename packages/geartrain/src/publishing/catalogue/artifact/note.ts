import type { ArtifactDescriptor, CatalogueBackend } from "@geartrain/ports"
import { type Digest, isGeartrainError } from "@geartrain/spec"
import { sha256 } from "../../../system/hash.ts"
import { IMAGE_MANIFEST } from "./gear-artifact.ts"
import { decodeDescriptor, encodeDescriptor } from "./oci-descriptor.ts"

/** What is said of a published gear afterwards: by whom it is signed, what a probe has shown, or that it should not be used any more. */
export interface Note {
  readonly kind:
    | "application/vnd.geartrain.signature.v1"
    | "application/vnd.geartrain.badge.v1"
    | "application/vnd.geartrain.deprecation.v1"
  readonly mediaType: string
  readonly bytes: Uint8Array
}

/** Which manifest of which gear is spoken of. */
export interface NoteSubject {
  readonly name: string
  readonly manifest: ArtifactDescriptor
}

/** Everybody who may write to a catalogue may add notes: more are not read. */
const MOST_NOTES = 200
const MOST_NOTE_BYTES = 1024 * 1024
const EMPTY = { mediaType: "application/vnd.oci.empty.v1+json", bytes: Buffer.from("{}") }

/** Writes a note as an artifact that refers to the gear. The same note again changes nothing. */
export async function writeNote(catalogue: CatalogueBackend, subject: NoteSubject, note: Note): Promise<void> {
  const config = await writeBytes(catalogue, subject.name, EMPTY)
  const layer = await writeBytes(catalogue, subject.name, note)
  const document = {
    schemaVersion: 2,
    mediaType: IMAGE_MANIFEST,
    artifactType: note.kind,
    config: encodeDescriptor(config),
    layers: [encodeDescriptor(layer)],
    subject: encodeDescriptor(subject.manifest),
  }
  const bytes = Buffer.from(JSON.stringify(document))
  await catalogue.writeManifest(subject.name, { mediaType: IMAGE_MANIFEST, bytes })
}

/**
 * Reads the notes of some kinds. What is no note of ours, or is damaged, is passed over: anybody who may write can leave it, and it proves nothing.
 */
export async function readNotes(
  catalogue: CatalogueBackend,
  subject: NoteSubject,
  kinds: readonly Note["kind"][],
): Promise<readonly Pick<Note, "kind" | "bytes">[]> {
  const referrers = await catalogue.referrers(subject.name, subject.manifest.digest)
  const notes: Pick<Note, "kind" | "bytes">[] = []
  for (const { digest } of referrers.slice(0, MOST_NOTES)) {
    const note = await readNote(catalogue, { name: subject.name, digest }, kinds)
    if (note !== undefined) notes.push(note)
  }
  return notes
}

async function readNote(
  catalogue: CatalogueBackend,
  { name, digest }: { readonly name: string; readonly digest: Digest },
  kinds: readonly Note["kind"][],
): Promise<Pick<Note, "kind" | "bytes"> | undefined> {
  try {
    const found = await catalogue.readManifest(name, digest)
    const note = found === undefined ? undefined : readManifest(found.bytes, kinds)
    if (note === undefined || note.layer.sizeBytes > MOST_NOTE_BYTES) return undefined
    return { kind: note.kind, bytes: await readBytes(catalogue, name, note.layer) }
  } catch (error) {
    // Somebody damaged it. If it was a signature that is wanted, it is missed.
    if (isGeartrainError(error, "CATALOGUE_DAMAGED") || isGeartrainError(error, "BLOB_NOT_FOUND")) return undefined
    throw error
  }
}

function readManifest(
  manifest: Uint8Array,
  kinds: readonly Note["kind"][],
): { readonly kind: Note["kind"]; readonly layer: ArtifactDescriptor } | undefined {
  try {
    const { artifactType, layers } = JSON.parse(Buffer.from(manifest).toString("utf8"))
    const kind = kinds.find((each) => each === artifactType)
    return kind === undefined ? undefined : { kind, layer: decodeDescriptor(layers?.[0], "a note") }
  } catch {
    // No note of ours.
    return undefined
  }
}

async function writeBytes(
  catalogue: CatalogueBackend,
  name: string,
  { mediaType, bytes }: { readonly mediaType: string; readonly bytes: Uint8Array },
): Promise<ArtifactDescriptor> {
  const descriptor = { mediaType, digest: sha256(bytes), sizeBytes: bytes.length }
  await catalogue.writeBlob(name, descriptor, async function* () {
    yield bytes
  })
  return descriptor
}

/** Reads a small blob whole. @throws {GeartrainError} BLOB_NOT_FOUND, CATALOGUE_DAMAGED */
export async function readBytes(
  catalogue: CatalogueBackend,
  name: string,
  descriptor: ArtifactDescriptor,
): Promise<Uint8Array> {
  const pieces: Uint8Array[] = []
  for await (const piece of catalogue.readBlob(name, descriptor)) pieces.push(Uint8Array.from(piece))
  return Buffer.concat(pieces)
}
