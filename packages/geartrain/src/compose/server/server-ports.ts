import type { AppPorts } from "../../server/app/app-ports.ts"
import type { ArchivePorts } from "../../server/archive/archive-ports.ts"
import { makeTurns } from "../../server/archive/uploads/turns.ts"
import type { Database } from "../../server/database/database.ts"
import { openAudit } from "../../server/people/audit/open-audit.ts"
import { openOidc } from "../../server/people/oidc/open-oidc.ts"
import { USUAL_PEOPLE_SETTINGS } from "../../server/people/people-ports.ts"
import { makeAccess } from "../../server/people/rights/make-access.ts"
import { queueDesk } from "../../server/queue/job-desk.ts"
import { jobBlobReferences } from "../../server/queue/jobs/blob-references.ts"
import { archiveForJobs } from "../../server/queue/neighbours/archive-for-jobs.ts"
import { tokensForJobs } from "../../server/queue/neighbours/tokens-for-jobs.ts"
import { type QueuePorts, USUAL_QUEUE_SETTINGS } from "../../server/queue/queue-ports.ts"
import type { RulesPorts } from "../../server/rules/rules-ports.ts"
import type { ServerSettings } from "../../settings/server-settings.ts"
import { VERSION } from "../../settings/version.ts"
import { nowMs } from "../../system/clock.ts"
import { mkdir, readFile, statfs } from "../../system/files.ts"
import type { OpenedBlobStore } from "../stores/open-blob-store.ts"
import { gearReader } from "./gear-reader.ts"
import { zipMembers } from "./zip-members.ts"

/** What a server is made of, when it is opened. */
export interface ServerParts {
  readonly settings: ServerSettings
  readonly database: Database
  readonly store: OpenedBlobStore
  readonly log: (line: string) => void
}

/** The ports of every room of a server together. */
export type ServerPorts = AppPorts & QueuePorts & ArchivePorts & RulesPorts

export async function serverPorts({ settings, database, store, log }: ServerParts): Promise<ServerPorts> {
  const audit = openAudit(database, nowMs)
  const access = makeAccess({
    database,
    audit,
    onUnnoted: ({ action, user, shown, address }, why) =>
      log(
        `${JSON.stringify({ level: 40, time: nowMs(), msg: "allowed, and not in the audit yet", action, user, shown, address, code: why.code, why: why.message })}\n`,
      ),
  })
  const uploadFolder = `${settings.data}/uploads`
  await mkdir(uploadFolder, { recursive: true, mode: 0o700 })
  const { publicUrl, corsOrigins, trustedProxies, leaseMs, attempts } = settings
  const oidc = await oidcOf(settings)
  const shared = { database, access, audit, now: nowMs, blobs: store.blobs }
  const queue: QueuePorts = {
    ...shared,
    jobArchive: archiveForJobs,
    jobTokens: tokensForJobs(nowMs),
    gearReader: gearReader(`${settings.data}/uploads/images`),
    queueSettings: {
      ...USUAL_QUEUE_SETTINGS,
      ...(leaseMs === undefined ? {} : { leaseMs }),
      ...(attempts === undefined ? {} : { mostAttempts: attempts }),
    },
  }
  return {
    ...shared,
    ...queue,
    ...(oidc === undefined ? {} : { oidc }),
    peopleSettings: USUAL_PEOPLE_SETTINGS,
    uploadFolder,
    uploadTurns: makeTurns(),
    references: [jobBlobReferences],
    desk: queueDesk(queue),
    zipMembers: (digest) => zipMembers(store.blobs, digest),
    freeBytes: async () => {
      const { bavail, bsize } = await statfs(settings.data)
      return bavail * bsize
    },
    settings: {
      version: VERSION,
      log,
      ...(publicUrl === undefined ? {} : { publicUrl }),
      ...(corsOrigins === undefined ? {} : { corsOrigins }),
      ...(settings.openMetrics === true ? { openMetrics: true } : {}),
      ...(trustedProxies === undefined ? {} : { trustedProxies }),
    },
  }
}

async function oidcOf(settings: ServerSettings): Promise<AppPorts["oidc"]> {
  const { oidcIssuer, oidcClientId, publicUrl } = settings
  if (oidcIssuer === undefined || oidcClientId === undefined || publicUrl === undefined) return undefined
  const { oidcClientSecretFile: secretFile, oidcEmailDomains: emailDomains, oidcGroups: groups } = settings
  return openOidc({
    issuer: oidcIssuer,
    label: settings.oidcLabel ?? new URL(oidcIssuer).host,
    clientId: oidcClientId,
    ...(secretFile === undefined ? {} : { clientSecret: (await readFile(secretFile, "utf8")).trim() }),
    redirectUrl: `${publicUrl.replace(/\/$/, "")}/api/v1/oidc/callback`,
    ...(emailDomains === undefined ? {} : { emailDomains }),
    ...(groups === undefined ? {} : { groups }),
    newAccounts: settings.oidcNewAccounts ?? false,
  })
}
