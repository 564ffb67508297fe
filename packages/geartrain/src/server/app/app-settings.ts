/** How the server is reached, and how much it bears. */
export interface AppSettings {
  /** Of the program, as `gear version` prints it. */
  readonly version: string
  /** How users reach it, such as `https://gears.lab.example`. Absent: as each request says, and without https. */
  readonly publicUrl?: string
  /** Origins whose pages may call the server from a browser, with its cookies. None by default. */
  readonly corsOrigins?: readonly string[]
  /** Addresses and networks of proxies whose `X-Forwarded-*` is believed. None by default. */
  readonly trustedProxies?: readonly string[]
  readonly limits?: Partial<AppLimits>
  /** Anybody who reaches the server may read its metrics: for a monitoring system that shows no key, behind a proxy that hides them. */
  readonly openMetrics?: boolean
  /** Takes the log, a JSON object a line. Absent: no log. */
  readonly log?: (line: string) => void
}

export interface AppLimits {
  /** Of one caller; routes may say otherwise. Runners and jobs have ten times as many. */
  readonly perCallerPerMinute: number
  /** From one address without showing who asks, or with something that does not hold. */
  readonly anonymousPerMinute: number
  /** Of bodies that are no streams. */
  readonly bodyBytes: number
  /** For such a body to arrive. */
  readonly bodyMs: number
  /** Until a connection that says nothing is closed: longer than a runner waits for a job. */
  readonly idleMs: number
}

export const DEFAULT_LIMITS: AppLimits = {
  perCallerPerMinute: 6000,
  anonymousPerMinute: 600,
  bodyBytes: 1024 ** 2,
  bodyMs: 30_000,
  idleMs: 120_000,
}

export function isHttps(settings: AppSettings): boolean {
  return settings.publicUrl?.startsWith("https:") ?? false
}
