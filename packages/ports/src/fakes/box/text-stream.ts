/** Text that comes now and then, for one reader, who may come late. */
export class TextStream implements AsyncIterable<Uint8Array> {
  readonly #waiting: Uint8Array[] = []
  #isOver = false
  #wake: () => void = () => undefined

  write(text: string): void {
    if (this.#isOver || text === "") return
    this.#waiting.push(new TextEncoder().encode(text))
    this.#wake()
  }

  end(): void {
    this.#isOver = true
    this.#wake()
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    for (;;) {
      const piece = this.#waiting.shift()
      if (piece !== undefined) yield piece
      else if (this.#isOver) return
      else await new Promise<void>((resolve) => (this.#wake = resolve))
    }
  }
}
