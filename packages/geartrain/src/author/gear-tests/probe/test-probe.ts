import type { Digest, Gear, InvocationDigest, JobId, JobRecord, ProbeCondition } from "@geartrain/spec"
import { whyUndecided } from "../../../engine/again/why-undecided.ts"
import type { EnginePorts } from "../../../engine/engine-ports.ts"
import type { Condition } from "../../../engine/experiments/condition.ts"
import { conditionsOf } from "../../../engine/experiments/conditions-of.ts"
import type { Conditions } from "../../../engine/experiments/known-conditions.ts"
import { runTrial } from "../../../engine/experiments/run-trial.ts"
import type { RunJobOptions } from "../../../engine/job-request.ts"
import type { ReadTest } from "../read-test.ts"
import { judge, runTest } from "../run-test.ts"
import { AnswerBook, resultOf } from "./answer-book.ts"
import type { ProbeCell } from "./judge-probe.ts"

/** More sentences about one test say no more. */
const MOST_PROBLEMS = 10

/** How often a test is to have been run under one provider, by condition. */
export type ProbeTargets = Readonly<Partial<Record<ProbeCondition, number>>>

export interface ProbeMeans {
  readonly ports: EnginePorts
  readonly provider: string
  readonly options: RunJobOptions
}

/** A condition that a test could not be run under. */
export interface UntriedCondition {
  readonly condition: ProbeCondition
  readonly why: string
}

/** Repeats one test, and keeps what came of it. */
export class TestProbe {
  readonly test: ReadTest
  readonly #gear: Gear
  readonly #book: AnswerBook
  readonly #cells = new Map<ProbeCondition, { answers: number[]; undecided: number }>()
  readonly #untried = new Map<ProbeCondition, string>()
  readonly #problems = new Set<string>()
  readonly #offered = new Map<string, Conditions>()
  /** Runs under each provider, so that each gets its share. */
  readonly #done = new Map<string, number>()
  /** The first run, which the others repeat. */
  #first: JobRecord | undefined

  constructor(gear: Gear, test: ReadTest) {
    this.test = test
    this.#gear = gear
    this.#book = new AnswerBook(gear.manifest)
  }

  /** Runs the test under a provider until it has been run as often as is wanted. A condition that has shown a difference already is left. */
  async run(targets: ProbeTargets, means: ProbeMeans): Promise<void> {
    for (const [condition, target] of Object.entries(targets) as [ProbeCondition, number][]) {
      const key = `${condition} ${means.provider}`
      while ((this.#done.get(key) ?? 0) < target && this.#isWorthwhile(condition)) {
        means.options.signal?.throwIfAborted()
        this.#done.set(key, (this.#done.get(key) ?? 0) + 1)
        if (condition === "as-asked") await this.#runAsAsked(means)
        else await this.#runHeld(condition, means)
      }
    }
  }

  cells(): readonly ProbeCell[] {
    const test = this.test.name
    return [...this.#cells].map(([condition, cell]) => ({ test, condition, ...cell }))
  }

  /** Digests of the first answers of a cell. */
  results(cell: ProbeCell): readonly Digest[] {
    return [...new Set(cell.answers)].map((number) => this.#book.result(number))
  }

  /** A job for each answer, in the order in which they were found. */
  examples(): readonly JobId[] {
    return this.#book.examples()
  }

  untried(): readonly UntriedCondition[] {
    return [...this.#untried].map(([condition, why]) => ({ condition, why }))
  }

  /** What runs as asked were otherwise than the test expects. */
  get problems(): readonly string[] {
    return [...this.#problems]
  }

  /** Absent where the gear does not take what the test gives it. */
  get invocation(): InvocationDigest | undefined {
    return this.#first?.invocationDigest
  }

  get isTolerant(): boolean {
    return this.#book.isTolerant
  }

  #isWorthwhile(condition: ProbeCondition): boolean {
    if (condition === "as-asked") return true
    const isSame = new Set(this.#cells.get(condition)?.answers).size < 2
    return this.#first !== undefined && !this.#untried.has(condition) && isSame
  }

  async #runAsAsked(means: ProbeMeans): Promise<void> {
    const { ports, provider, options } = means
    if (this.#first === undefined) {
      const { job, problems } = await runTest(this.test, { gear: this.#gear, ports, provider }, options)
      // One that the machine has ended is nothing that others could repeat.
      const isWhole = job === undefined || (await this.#take("as-asked", job, means))
      if (isWhole) this.#complain(problems)
      if (isWhole && job !== undefined) this.#first = job
      return
    }
    const job = await runTrial(this.#first, [], { ports, options })
    const { problems } = await judge(this.test, { test: this.test.name, provider, job }, ports)
    if (await this.#take("as-asked", job, means)) this.#complain(problems)
  }

  #complain(problems: readonly string[]): void {
    for (const problem of problems) if (this.#problems.size < MOST_PROBLEMS) this.#problems.add(problem)
  }

  async #runHeld(condition: ProbeCondition, means: ProbeMeans): Promise<void> {
    const first = this.#first as JobRecord
    const wanted = HELD[condition]
    const { available, unavailable } = await this.#conditions(first, means)
    const held = wanted.flatMap((name): readonly Condition[] => available.filter((one) => one.name === name))
    if (held.length < wanted.length) {
      this.#untried.set(
        condition,
        unavailable.find(({ name }) => name === wanted.at(-1))?.why ?? "it cannot be had here",
      )
      return
    }
    const job = await runTrial(first, held, { ports: means.ports, options: means.options })
    // What a gear does not bear says nothing about what it depends on.
    if (job.exit?.code !== first.exit?.code) {
      this.#cells.delete(condition)
      this.#untried.set(
        condition,
        `the gear does not bear it: ${job.failure?.message ?? `exit code ${job.exit?.code ?? "none"}`}`,
      )
      return
    }
    await this.#take(condition, job, means)
  }

  /** Found out once a provider, since what a gear bears is found out by trying. */
  async #conditions(first: JobRecord, { ports, provider }: ProbeMeans): Promise<Conditions> {
    const known = this.#offered.get(provider) ?? (await conditionsOf(first, ports))
    this.#offered.set(provider, known)
    return known
  }

  /** @returns false when the job says nothing about the gear. */
  async #take(condition: ProbeCondition, job: JobRecord, { ports }: ProbeMeans): Promise<boolean> {
    const cell = this.#cells.get(condition) ?? { answers: [], undecided: 0 }
    this.#cells.set(condition, cell)
    const first = this.#first ?? job
    const why = whyUndecided(first, job, resultOf(first) !== resultOf(job))
    if (why === undefined) cell.answers.push(await this.#book.numberOf(job, ports))
    else cell.undecided += 1
    return why === undefined
  }
}

/** The names of the engine's conditions. */
const HELD: Readonly<Record<ProbeCondition, readonly Condition["name"][]>> = {
  "as-asked": [],
  "one-thread": ["threads"],
  "fixed-clock": ["clock"],
  "one-thread-and-fixed-clock": ["threads", "clock"],
}
