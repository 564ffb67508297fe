/**
 * Tells whether a name is that of a secret: by its words, so that `token_count`, `apikey_path_prefix` and `lowpass` are none.
 *
 * @example
 *   soundsSecret("gear-FREESURFER_LICENSE") // => true
 *   soundsSecret("bias_lowpass") // => false
 */
export function soundsSecret(name: string): boolean {
  const words = wordsOf(name)
  const last = words.at(-1) ?? ""
  if (ABOUT_IT.has(last)) return false
  return SECRETS.some((secret) => ` ${words.join(" ")} `.includes(` ${secret} `))
}

/** What secrets are called, in words. */
const SECRETS = [
  "password",
  "passwd",
  "passphrase",
  "secret",
  "secrets",
  "token",
  "credential",
  "credentials",
  "apikey",
  "api key",
  "access key",
  "private key",
  "secret key",
  "license key",
  "licence key",
  "freesurfer license",
  "freesurfer licence",
]

/** Last words that make a name one of something about the secret, and not of the secret. */
const ABOUT_IT = new Set([
  "column",
  "count",
  "expiry",
  "field",
  "file",
  "filename",
  "id",
  "length",
  "limit",
  "location",
  "name",
  "path",
  "prefix",
  "type",
  "url",
])

function wordsOf(name: string): readonly string[] {
  const apart = name.replaceAll(/([a-z0-9])([A-Z])/g, "$1 $2")
  return apart
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== "")
}
