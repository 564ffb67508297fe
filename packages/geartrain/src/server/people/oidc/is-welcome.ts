import type { Claims, OidcSettings } from "./log-in-elsewhere.ts"

/**
 * Whether this server takes somebody whom the issuer knows. An address counts only when the issuer has verified it: anybody may claim any other.
 *
 * @returns why not; undefined when they are taken.
 */
export function whyUnwelcome(
  claims: Claims,
  settings: Pick<OidcSettings, "emailDomains" | "groups">,
): string | undefined {
  if (claims.subject === "") return "it does not say who you are"
  const { emailDomains, groups } = settings
  if (emailDomains !== undefined) {
    const domain = claims.emailVerified ? claims.email?.split("@").at(-1)?.toLowerCase() : undefined
    const isIn = domain !== undefined && emailDomains.some((each) => each.toLowerCase() === domain)
    if (!isIn) return "your verified address is in no domain that this server takes"
  }
  if (groups !== undefined && !claims.groups.some((group) => groups.includes(group))) {
    return "you are in no group that this server takes"
  }
  return undefined
}
