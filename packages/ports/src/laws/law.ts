/**
 * One promise of a port, as data: it can be listed, run under any test runner, and named in a waiver.
 *
 * @typeParam Port  What the law is about.
 */
export interface Law<Port> {
  /** `method/behaviour`, stable: waivers name it. */
  readonly id: string
  /** The promise, as a sentence. */
  readonly says: string
  /** Whether the law binds this backend, by its capabilities. Absent: it binds all. */
  readonly when?: (port: Port) => boolean
  /** Rejects when the promise is broken. The port is fresh and the law's own. */
  readonly check: (port: Port) => Promise<void>
}

/** Opens a fresh port for one law, and closes it. */
export interface Opened<Port> {
  readonly port: Port
  readonly close: () => Promise<void>
}

export interface KeepsLawsOptions<Port> {
  readonly open: () => Promise<Opened<Port>>
  /** Laws that this backend cannot keep: id to reason. A waived law is run and must fail, so that no waiver outlives its reason. */
  readonly waived?: Readonly<Record<string, string>>
}

/** The part of a test runner that laws need: `node:test`'s `test` and vitest's have it. */
export type TestFunction = (name: string, run: () => Promise<void>) => unknown

/**
 * Registers one test a law.
 *
 * @param test  The runner's own function, so that this package depends on no runner.
 */
export function keepsLaws<Port>(
  test: TestFunction,
  backend: string,
  suite: { readonly laws: readonly Law<Port>[] } & KeepsLawsOptions<Port>,
): void {
  const waived = suite.waived ?? {}
  for (const id of Object.keys(waived)) {
    if (!suite.laws.some((law) => law.id === id))
      test(`${backend}: waiver "${id}" names a law`, () => Promise.reject(new Error(`No law has the id "${id}"`)))
  }
  for (const law of suite.laws) {
    const reason = Object.hasOwn(waived, law.id) ? waived[law.id] : undefined
    const name =
      reason === undefined ? `${backend}: ${law.says} (${law.id})` : `${backend}: waives ${law.id}: ${reason}`
    test(name, () => (reason === undefined ? checkLaw(law, suite.open) : checkWaiver(law, suite.open)))
  }
}

/** Runs one law on a fresh port. Answers whether it bound the port at all. */
export async function checkLaw<Port>(law: Law<Port>, open: () => Promise<Opened<Port>>): Promise<void> {
  const { port, close } = await open()
  try {
    if (law.when === undefined || law.when(port)) await law.check(port)
  } finally {
    await close()
  }
}

async function checkWaiver<Port>(law: Law<Port>, open: () => Promise<Opened<Port>>): Promise<void> {
  let kept = true
  try {
    await checkLaw(law, open)
  } catch {
    // A waived law has to fail: that is what the waiver says.
    kept = false
  }
  if (kept) throw new Error(`The waiver of "${law.id}" is not needed: the law holds`)
}
