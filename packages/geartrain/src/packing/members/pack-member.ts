/** A file that goes into an archive. */
export interface PackMember {
  /** Safe, as `isMemberPath` has it, and no other member's. */
  readonly name: string
  readonly sizeBytes: number
  /** Milliseconds since 1970. Absent: one fixed time, so that the same bytes make the same archive whenever they are packed. */
  readonly modifiedMs?: number
  /** Asked once, when it is the member's turn. */
  bytes(): AsyncIterable<Uint8Array>
}

/** Members as they come: of a long selection, none is held for longer than it is written. */
export type PackMembers = AsyncIterable<PackMember> | Iterable<PackMember>

export interface PackOptions {
  /** Ends the archive where it is: the next piece that is asked for throws its reason. */
  readonly signal?: AbortSignal
}
