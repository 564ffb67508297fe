/** A file that can be read from its beginning, as often as one likes. */
export interface FileSource {
  /** Name without folders: its ending helps to tell the format. */
  readonly name: string
  /** Each chunk is the caller's, unless `reused` says that none is looked at once the next is asked for: then the same memory may serve for all. */
  chunks(how?: { readonly reused: true }): AsyncIterable<Uint8Array>
  /** The bytes from `start` to before `end`. Offered where that costs no reading of those before. */
  part?(start: number, end: number): AsyncIterable<Uint8Array>
}
