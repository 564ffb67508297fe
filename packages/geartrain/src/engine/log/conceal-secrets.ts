/** Shorter texts are in every log by chance, and to strike them out would leave nothing to read. */
const SHORTEST = 6

/**
 * The byte strings that must not be in a log, for the keys of a job: each line of a key, and what follows the host in a key such as
 * `host:443:secret`.
 *
 * @example
 *   secretsOfKeys({ key: "host:s3cret1" }).map(String) // => ["host:s3cret1", "s3cret1"]
 */
export function secretsOfKeys(keys: Readonly<Record<string, string>>): readonly Buffer[] {
  const lines = Object.values(keys).flatMap((key) => key.split(/\r?\n/).map((line) => line.trim()))
  const texts = lines.flatMap((line) => [line, line.slice(line.lastIndexOf(":") + 1)])
  // JSON writes some characters in another way.
  const written = texts.flatMap((text) => [text, JSON.stringify(text).slice(1, -1)])
  const wanted = [...new Set(written)].filter((text) => text.length >= SHORTEST)
  return wanted.sort((a, b) => b.length - a.length).map((text) => Buffer.from(text))
}

/**
 * Puts asterisks in the place of secrets.
 *
 * @returns the bytes themselves where there is none in them; else a copy.
 */
export function concealSecrets(bytes: Buffer, secrets: readonly Buffer[]): Buffer {
  let concealed = bytes
  for (const secret of secrets) {
    for (let at = concealed.indexOf(secret); at !== -1; at = concealed.indexOf(secret, at + secret.length)) {
      if (concealed === bytes) concealed = Buffer.from(bytes)
      concealed.fill("*", at, at + secret.length)
    }
  }
  return concealed
}
