/** Two 32-bit words that nobody outside knows. */
export type HashKey = readonly [number, number]

/**
 * HalfSipHash-1-3 of some bytes under a secret key, as an unsigned 32-bit number.
 *
 * A hash without a secret would let an archive choose names that all fall together, and then a million of them would never be read to the end.
 *
 * @param seed  Mixed in before the bytes, so that one name under two parents has two hashes.
 * @see Aumasson and Bernstein, "SipHash: a fast short-input PRF", 2012; the half variant is that of Linux, lib/siphash.c (hsiphash)
 */
export function keyedHash(key: HashKey, seed: number, bytes: Uint8Array): number {
  const state = [key[0], key[1], key[0] ^ 0x6c796765, key[1] ^ 0x74656462] as State
  absorb(state, seed)
  const whole = bytes.length & ~3
  for (let index = 0; index < whole; index += 4) {
    absorb(state, word(bytes, index))
  }
  let last = (bytes.length + 4) << 24
  for (let index = whole; index < bytes.length; index++) last |= (bytes[index] as number) << ((index - whole) * 8)
  absorb(state, last)
  state[2] ^= 0xff
  round(state)
  round(state)
  round(state)
  return (state[1] ^ state[3]) >>> 0
}

type State = [number, number, number, number]

function word(bytes: Uint8Array, index: number): number {
  return (
    (bytes[index] as number) |
    ((bytes[index + 1] as number) << 8) |
    ((bytes[index + 2] as number) << 16) |
    ((bytes[index + 3] as number) << 24)
  )
}

function absorb(state: State, value: number): void {
  state[3] ^= value
  round(state)
  state[0] ^= value
}

function round(state: State): void {
  let [a, b, c, d] = state
  a = (a + b) | 0
  b = rotate(b, 5) ^ a
  a = rotate(a, 16)
  c = (c + d) | 0
  d = rotate(d, 8) ^ c
  a = (a + d) | 0
  d = rotate(d, 7) ^ a
  c = (c + b) | 0
  b = rotate(b, 13) ^ c
  c = rotate(c, 16)
  state[0] = a
  state[1] = b
  state[2] = c
  state[3] = d
}

function rotate(value: number, bits: number): number {
  return (value << bits) | (value >>> (32 - bits))
}
