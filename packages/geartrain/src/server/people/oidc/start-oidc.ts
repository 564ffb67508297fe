import { GeartrainError } from "@geartrain/spec"
import { sha256 } from "../../../system/hash.ts"
import type { PeoplePorts } from "../people-ports.ts"
import type { LogInElsewhere } from "./log-in-elsewhere.ts"

/** So long somebody may take to log in elsewhere. */
const LOGIN_MS = 15 * 60_000

/**
 * Sends a browser to log in elsewhere.
 *
 * @param returnTo  Path on this server to come back to.
 * @returns where to send it, and what its cookie has to show when it comes back: nobody can be logged in as somebody else by a link.
 * @throws {GeartrainError} OIDC_NOT_CONFIGURED, OIDC_FAILED
 */
export async function startOidc(
  ports: PeoplePorts,
  returnTo: string,
): Promise<{ readonly url: string; readonly state: string }> {
  const elsewhere = needOidc(ports)
  const proof = elsewhere.newProof()
  const url = await elsewhere.authorizationUrl(proof)
  const nowMs = ports.now()
  await ports.database.write(async ({ sql }) => {
    await sql.deleteFrom("oidc_logins").where("expires_ms", "<", nowMs).execute()
    await sql
      .insertInto("oidc_logins")
      .values({
        state_digest: sha256(Buffer.from(proof.state)),
        verifier: proof.verifier,
        nonce: proof.nonce,
        return_to: returnTo,
        expires_ms: nowMs + LOGIN_MS,
      })
      .execute()
  })
  return { url, state: proof.state }
}

export function needOidc(ports: PeoplePorts): LogInElsewhere {
  if (ports.oidc !== undefined) return ports.oidc
  throw new GeartrainError(
    "OIDC_NOT_CONFIGURED",
    "Cannot log in elsewhere: this server knows nobody who logs people in",
    {
      hint: "Log in with a password",
    },
  )
}
