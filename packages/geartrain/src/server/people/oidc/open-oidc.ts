import { GeartrainError } from "@geartrain/spec"
import type { Configuration } from "openid-client"
import type { Claims, LogInElsewhere, OidcSettings } from "./log-in-elsewhere.ts"

type Client = typeof import("openid-client")

/** An issuer that does not answer in this time does not answer. */
const TIMEOUT_SECONDS = 10

const MOST_GROUPS = 1000

/**
 * Logs people in at an issuer of OpenID Connect: authorization code with PKCE, its keys and addresses found at the issuer itself, the first time
 * they are needed.
 *
 * @see https://openid.net/specs/openid-connect-core-1_0.html, RFC 9700
 */
export async function openOidc(settings: OidcSettings): Promise<LogInElsewhere> {
  const client: Client = await import("openid-client")
  let found: Promise<Configuration> | undefined
  const configuration = (): Promise<Configuration> => {
    // What failed once is tried again at the next log-in.
    found ??= discover(client, settings).catch((error: unknown) => {
      found = undefined
      throw failed(settings, error)
    })
    return found
  }
  return {
    settings,
    newProof: () => ({
      state: client.randomState(),
      nonce: client.randomNonce(),
      verifier: client.randomPKCECodeVerifier(),
    }),
    authorizationUrl: async ({ state, nonce, verifier }) => {
      const url = client.buildAuthorizationUrl(await configuration(), {
        redirect_uri: settings.redirectUrl,
        scope: (settings.scopes ?? ["openid", "profile", "email"]).join(" "),
        code_challenge: await client.calculatePKCECodeChallenge(verifier),
        code_challenge_method: "S256",
        state,
        nonce,
      })
      return url.href
    },
    claimsOf: async (query, { state, nonce, verifier }) => {
      const config = await configuration()
      try {
        const back = new URL(settings.redirectUrl)
        back.search = query
        const tokens = await client.authorizationCodeGrant(config, back, {
          pkceCodeVerifier: verifier,
          expectedState: state,
          expectedNonce: nonce,
          idTokenExpected: true,
        })
        const claims = tokens.claims()
        if (claims === undefined) throw new TypeError("the issuer sent no ID token")
        // Many issuers tell addresses and groups only there.
        const more =
          config.serverMetadata().userinfo_endpoint === undefined
            ? {}
            : await client.fetchUserInfo(config, tokens.access_token, claims.sub)
        return readClaims({ ...claims, ...more }, settings)
      } catch (error) {
        if (!(error instanceof client.AuthorizationResponseError)) throw failed(settings, error)
        throw new GeartrainError("LOGIN_REFUSED", `Cannot log in: ${settings.label} did not let you in`, {
          cause: error,
        })
      }
    },
  }
}

function discover(client: Client, settings: OidcSettings): Promise<Configuration> {
  const issuer = new URL(settings.issuer)
  const isHere = ["127.0.0.1", "[::1]", "localhost"].includes(issuer.hostname)
  return client.discovery(issuer, settings.clientId, settings.clientSecret, undefined, {
    timeout: TIMEOUT_SECONDS,
    execute: isHere && issuer.protocol === "http:" ? [client.allowInsecureRequests] : [],
  })
}

/** What an issuer says is not ours: only what is of the right kind counts. */
export function readClaims(
  claims: Readonly<Record<string, unknown>>,
  settings: Pick<OidcSettings, "groupsClaim">,
): Claims {
  const text = (name: string): string | undefined => {
    const value = claims[name]
    return typeof value === "string" && value !== "" ? value : undefined
  }
  const groups = claims[settings.groupsClaim ?? "groups"]
  return {
    subject: text("sub") ?? "",
    email: text("email"),
    emailVerified: claims["email_verified"] === true,
    name: text("name"),
    username: text("preferred_username"),
    groups: Array.isArray(groups) ? groups.slice(0, MOST_GROUPS).filter((group) => typeof group === "string") : [],
  }
}

function failed(settings: OidcSettings, cause: unknown): GeartrainError {
  return new GeartrainError("OIDC_FAILED", `Cannot log in: ${settings.label} does not answer as agreed`, {
    hint: "Try again; an admin of the server sees in its log what was wrong",
    cause,
  })
}
