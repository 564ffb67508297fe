/** An issuer of identities, by OpenID Connect, and whom of theirs this server takes. */
export interface OidcSettings {
  /** As it calls itself: `https://login.example.org`. Http is for an issuer on this machine only. */
  readonly issuer: string
  /** What the button to log in there says. */
  readonly label: string
  readonly clientId: string
  readonly clientSecret?: string
  /** The address of `/api/v1/oidc/callback` as browsers see it, as it is registered at the issuer. */
  readonly redirectUrl: string
  /** Default: openid, profile, email. */
  readonly scopes?: readonly string[]
  /** Only who has a verified address in one of these domains. Absent: all. */
  readonly emailDomains?: readonly string[]
  /** Only who is in one of these groups. Absent: all. */
  readonly groups?: readonly string[]
  /** The claim with the list of groups. Default: groups. */
  readonly groupsClaim?: string
  /** Whoever is let in and has no account gets one. False: an admin makes the accounts, and their verified address tells whose it is. */
  readonly newAccounts: boolean
}

/** What the issuer says of somebody, as far as it matters here. */
export interface Claims {
  readonly subject: string
  readonly email?: string | undefined
  readonly emailVerified: boolean
  readonly name?: string | undefined
  readonly username?: string | undefined
  readonly groups: readonly string[]
}

/** What has to come back from the issuer together with whoever was sent there. */
export interface LogInProof {
  readonly state: string
  readonly nonce: string
  /** Of PKCE: shows that who comes back is who was sent. @see RFC 7636 */
  readonly verifier: string
}

/** Sends people to an issuer, and believes what it says of who comes back. */
export interface LogInElsewhere {
  readonly settings: OidcSettings
  newProof(): LogInProof
  /** @throws {GeartrainError} OIDC_FAILED when the issuer cannot be reached or understood. */
  authorizationUrl(proof: LogInProof): Promise<string>
  /**
   * @param query  Of the address that the browser came back with.
   * @throws {GeartrainError} LOGIN_REFUSED when the issuer did not let them in; OIDC_FAILED when what it says cannot be believed.
   */
  claimsOf(query: string, proof: LogInProof): Promise<Claims>
}
