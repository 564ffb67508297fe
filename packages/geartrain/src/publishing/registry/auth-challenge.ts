/** One way of proving who one is that a server offers. */
export interface AuthChallenge {
  /** Lower case: `basic`, `bearer`. */
  readonly scheme: string
  readonly parameters: ReadonlyMap<string, string>
}

const TOKEN = "[!#$%&'*+.^_`|~0-9A-Za-z-]+"

/**
 * Reads the value of a `WWW-Authenticate` header. What cannot be understood is left out.
 *
 * @see RFC 9110, section 11.6.1; Distribution, "Token Authentication Specification"
 * @example
 *   parseChallenges('Bearer realm="https://a/t",service="s"')[0].parameters.get("service") // => "s"
 */
export function parseChallenges(header: string): readonly AuthChallenge[] {
  const challenges: { scheme: string; parameters: Map<string, string> }[] = []
  // A scheme is a word that no equals sign follows; each parameter belongs to the scheme before it.
  const part = new RegExp(`(${TOKEN})\\s*=\\s*(?:"((?:[^"\\\\]|\\\\.)*)"|(${TOKEN}))|(${TOKEN})`, "g")
  for (const [, name, quoted, plain, scheme] of header.slice(0, MOST_HEADER).matchAll(part)) {
    if (scheme !== undefined) challenges.push({ scheme: scheme.toLowerCase(), parameters: new Map() })
    else if (name !== undefined) {
      const value = quoted === undefined ? (plain ?? "") : quoted.replaceAll(/\\(.)/g, "$1")
      challenges.at(-1)?.parameters.set(name.toLowerCase(), value)
    }
  }
  return challenges
}

const MOST_HEADER = 8192
