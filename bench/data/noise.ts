/** Numbers of 31 bits that look like chance and are the same each time: xorshift. */
export function noise(seed: number): () => number {
  let state = (seed * 2_654_435_761 + 88_172_645) | 0 || 1
  return () => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return state >>> 1
  }
}
