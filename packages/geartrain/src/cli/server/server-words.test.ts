import assert from "node:assert/strict"
import { test } from "node:test"
import type { GearClient } from "@geartrain/sdk/client"
import { GeartrainError, isGeartrainError } from "@geartrain/spec"
import type { Context } from "../command.ts"
import { inWordsOf } from "../commands/people/in-words-of.ts"
import { createPaint } from "../output/paint.ts"
import { createReply } from "../output/reply.ts"
import type { Channel, Terminal } from "../output/terminal.ts"
import { batchLines, failureLines, type ServerBatch, targetLine } from "./batch-lines.ts"
import { type ReportedFile, tellDownload } from "./download-report.ts"
import { findServerJob, type ServerJob, type ServerJobFacts } from "./find-job.ts"
import { findFileThere, findProject, lookUp } from "./find-place.ts"
import { findRule, ruleWords, type ServerRule } from "./find-rule.ts"
import { jobResult } from "./job-result.ts"
import { printServerJobs } from "./job-rows.ts"
import { batchId, leftOut } from "./read-batch.ts"

const ESCAPE = "\u001b"

function contextOf(options: { readonly json?: boolean; readonly quiet?: boolean } = {}): {
  readonly context: Context
  readonly out: () => string
  readonly err: () => string
} {
  const written = { out: "", err: "" }
  const channel = (to: "out" | "err"): Channel =>
    ({
      ...{ isTerminal: false, movement: false, columns: 100, paint: createPaint(false) },
      write: (text: string) => {
        written[to] += text
      },
    }) as Channel
  const terminal = { out: channel("out"), err: channel("err") } as Terminal
  const chosen = { json: options.json === true, quiet: options.quiet === true }
  const context = { terminal, reply: createReply(terminal, chosen), options: chosen } as unknown as Context
  return { context, out: () => written.out, err: () => written.err }
}

/** A server that answers by path, and keeps what it was asked. */
function clientOf(answers: Readonly<Record<string, (params: Asked) => unknown>>): GearClient & { asked: string[] } {
  const asked: string[] = []
  const get = async (path: string, { params }: { readonly params: Asked }): Promise<unknown> => {
    asked.push(path)
    const answer = answers[path] ?? assert.fail(`nobody asks for ${path}`)
    return { data: answer(params) }
  }
  return { url: "https://gear.example", api: { GET: get }, asked } as unknown as GearClient & { asked: string[] }
}

interface Asked {
  readonly path?: Readonly<Record<string, string>>
  readonly query?: Readonly<Record<string, unknown>>
}

const ID = "ab".repeat(12)
const OTHER = "ac".repeat(12)

function jobsClient(ids: readonly string[]): ReturnType<typeof clientOf> {
  return clientOf({
    "/api/v1/jobs": ({ query }) => ({ items: ids.slice(0, Number(query?.["limit"])).map((id) => ({ id })) }),
    "/api/v1/jobs/{job}": ({ path }) => ({ id: path?.["job"] }),
  })
}

test("a job is found by its id without a list, by its beginning, or as the latest", async () => {
  const whole = jobsClient([])
  assert.equal((await findServerJob(whole, ID)).id, ID)
  assert.deepEqual(whole.asked, ["/api/v1/jobs/{job}"])
  assert.equal((await findServerJob(jobsClient([OTHER, ID]), "ab")).id, ID)
  assert.equal((await findServerJob(jobsClient([OTHER, ID]), "latest")).id, OTHER)
})

test("a beginning that several jobs have, or none, finds no job", async () => {
  const refused: readonly (readonly [string, readonly string[], RegExp])[] = [
    ["a", [ID, OTHER], /Several jobs on https:\/\/gear\.example begin with "a"/],
    ["ff", [ID], /There is no job "ff"/],
    // The empty word is no beginning, though all ids begin with it.
    ["", [ID], /There is no job ""/],
    ["latest", [], /There is no job "latest"/],
    [ID.toUpperCase(), [ID], /There is no job/],
  ]
  for (const [word, ids, message] of refused) {
    await assert.rejects(findServerJob(jobsClient(ids), word), { code: "JOB_NOT_FOUND", message }, word)
  }
})

test("a path has to lead to what is wanted", async () => {
  const found = (answer: unknown): GearClient => clientOf({ "/api/v1/lookup": () => answer })
  const project = { kind: "place", place: { type: "project", id: ID } }
  assert.equal(await findProject(found(project), "g/p"), ID)
  assert.equal(await findProject(clientOf({}), ID), ID)
  await assert.rejects(findProject(found({ kind: "place", place: { type: "subject" } }), "g/p/s"), {
    ...{ code: "USAGE", message: 'Cannot take "g/p/s" as a project: it is a subject' },
  })
  await assert.rejects(findProject(found({ kind: "group" }), "g"), { code: "USAGE", message: /it is a group$/ })
  assert.equal(await findFileThere(found({ kind: "file", file: { id: ID } }), "g/p/files/a"), ID)
  assert.equal(await findFileThere(clientOf({}), `file:${ID}`), ID)
  await assert.rejects(findFileThere(found(project), "g/p"), { code: "USAGE", message: /as a file: it is a project$/ })
})

test("a rule is found by its id or its name, and a name that two have finds none", async () => {
  const rule = (id: string, name: string): ServerRule => ({ id, rule: { name } }) as unknown as ServerRule
  const client = clientOf({
    "/api/v1/projects/{project}/rules": () => ({ items: [rule("1", "qc"), rule("2", "twice"), rule("3", "twice")] }),
  })
  assert.equal((await findRule(client, "p", "qc")).id, "1")
  assert.equal((await findRule(client, "p", "3")).id, "3")
  await assert.rejects(findRule(client, "p", "twice"), { code: "RULE_NOT_FOUND", message: /2 rules named "twice"/ })
  await assert.rejects(findRule(client, "p", "x"), { code: "RULE_NOT_FOUND", message: /no rule "x"/ })
})

test("what is shown of a rule holds whatever its document lacks", () => {
  const words = (rule: object): object => ruleWords({ rule } as unknown as ServerRule)
  assert.deepEqual(words({}), { name: "", gear: "", isOff: false })
  assert.deepEqual(words({ name: "n", gear: { name: "g" }, disabled: true }), { name: "n", gear: "g", isOff: true })
  assert.deepEqual(words({ gear: { name: "g", version: "1" }, disabled: "yes" }), {
    ...{ name: "", gear: "g@1", isOff: false },
  })
})

const BATCH = {
  ...{ id: ID, gear: { name: `g${ESCAPE}[2J`, version: "1" }, state: "running" },
  accounts: {
    targets: 7,
    outcomes: { "will-run": 4, "already-done": 1, ambiguous: 0, "no-match": 2, "no-permission": 0 },
    ...{ notSubmitted: 1, refused: 0 },
    jobs: { pending: 0, running: 1, complete: 2, failed: 0, cancelled: 0 },
  },
} as unknown as ServerBatch

test("a batch is told in counts, without what there is none of, and jobs only once it was begun", () => {
  const lines = batchLines(BATCH)
  assert.ok(!lines.join("").includes(ESCAPE))
  assert.deepEqual(
    lines.slice(1).map((line) => line.trim().replace(/\s+/g, " ")),
    [
      ...["7 places", "4 run", "1 done already, and not run again", "2 without a file that fits"],
      ...["of those that run:", "1 not queued yet", "1 running", "2 complete"],
    ],
  )
  assert.equal(batchLines({ ...BATCH, state: "proposed" } as ServerBatch).length, 5)
})

test("what is left out and what failed is told in one line each that moves no cursor", () => {
  const target = { path: `g/p/${ESCAPE}x`, outcome: "no-match", says: "no file fits\nforged line" }
  const line = targetLine(target as unknown as Parameters<typeof targetLine>[0])
  assert.ok(line.includes("no-match: no file fits") && !line.includes(ESCAPE) && !line.includes("\n"))
  const refused = { ...target, refused: { says: "over quota" } } as unknown as Parameters<typeof targetLine>[0]
  assert.match(targetLine(refused), /: over quota$/)
  const group = { group: "g1", count: 3, message: "m\n", reason: "TIME_LIMIT", example: { path: "p" } }
  const lines = failureLines([group] as unknown as Parameters<typeof failureLines>[0])
  assert.equal(lines.length, 2)
  assert.ok(lines.every((one) => !one.includes("\n")))
  assert.match(lines[1] ?? "", /job none; again: --group g1/)
})

test("places that are left out are asked for by outcome, and shown up to a bound", async () => {
  const client = clientOf({
    "/api/v1/batches/{batch}/targets": ({ query }) => ({
      items: Array.from({ length: 15 }, (_, index) => ({ path: `${query?.["outcome"]}${index}` })),
    }),
  })
  const found = await leftOut(client, ID)
  assert.deepEqual([found.length, found[0]?.path, found[15]?.path], [20, "ambiguous0", "no-match0"])
})

const JOB = {
  ...{ id: ID, gear: { name: "g", version: "1" }, state: "running", queuedMs: 0, startedMs: 1_000 },
} as unknown as ServerJob

test("jobs are a table for people, ids when quiet, and a line of JSON each for programs", () => {
  const printed = (options: Parameters<typeof contextOf>[0], jobs = [JOB]): string => {
    const { context, out } = contextOf(options)
    printServerJobs(context, jobs, 3_310)
    return out()
  }
  const [title = "", row = ""] = printed({}).split("\n")
  assert.match(title, /^JOB +GEAR +STATE +EXIT +QUEUED +RAN +REASON$/)
  assert.ok(row.startsWith(`${ID}  g@1   running`) && row.includes("2.3 s"), row)
  assert.equal(printed({ quiet: true }), `${ID}\n`)
  assert.deepEqual(JSON.parse(printed({ json: true })), JOB)
  assert.equal(printed({}, []), "")
})

test("how a job of a server ended is the command's answer and exit code", () => {
  const outputs = [{ name: "a.txt", sizeBytes: 3 }]
  const ended = (facts: object): readonly [ReturnType<typeof jobResult>, string] => {
    const { context, err } = contextOf()
    return [jobResult(context, { id: ID, outputs, ...facts } as unknown as ServerJobFacts), err()]
  }
  const [complete, says] = ended({ state: "complete" })
  assert.equal(complete.exitCode, undefined)
  assert.match(says, /a\.txt {2}3 bytes[\s\S]*1 of them are in no place[\s\S]*is complete/)
  const [failed, warned] = ended({ state: "failed", message: `no ${ESCAPE}luck`, exitCode: 3, culprit: "gear" })
  assert.deepEqual([failed.exitCode, failed.error?.code, failed.error?.culprit], [3, "FAILED", "gear"])
  assert.ok(warned.includes("failed: no ") && !warned.includes(ESCAPE))
  const [late] = ended({ state: "failed", reason: "TIME_LIMIT", exitCode: 0, culprit: "platform" })
  assert.deepEqual([late.exitCode, late.error?.code, late.error?.retryable], [124, "TIME_LIMIT", true])
  const [newer] = ended({ state: "failed", reason: "OF_A_NEWER_SERVER", exitCode: 0 })
  assert.deepEqual([newer.exitCode, newer.error?.culprit], [125, "unknown"])
})

test("a download is told in accounts that add up, with the first failure as its answer", () => {
  const file = (path: string, outcome: ReportedFile["outcome"], more: object = {}): ReportedFile => ({
    ...{ path, outcome, digest: "sha256:0", sizeBytes: 1024 },
    ...more,
  })
  const well = contextOf()
  const done = tellDownload(well.context, { folder: "d", files: [file("a", "fetched"), file("b", "there")], wanted: 2 })
  assert.equal(well.out(), "d: 1 file fetched, 1 KiB; 1 already there\n")
  assert.equal(done.exitCode, undefined)
  const error = new GeartrainError("BLOB_NOT_FOUND", `gone${ESCAPE}`)
  const failed = Array.from({ length: 12 }, (_, index) => file(`f${index}`, "failed", { error }))
  const ill = contextOf()
  const result = tellDownload(ill.context, { folder: "d", files: [file("a", "fetched"), ...failed], wanted: 20 })
  assert.equal(ill.out().split("failed f").length - 1, 10)
  assert.match(ill.out(), /… and 2 more[\s\S]*d: 1 file fetched, 1 KiB; 0 already there; 12 failed; 7 not tried\n$/)
  assert.ok(!ill.out().includes(ESCAPE))
  assert.ok((result.exitCode ?? 0) > 0)
  assert.equal(result.error?.code, "BLOB_NOT_FOUND")
  const { files } = result.data as unknown as { readonly files: readonly Record<string, unknown>[] }
  assert.deepEqual(
    [files.length, files[1]?.["code"], Object.hasOwn(files[1] ?? {}, "error")],
    [13, "BLOB_NOT_FOUND", false],
  )
})

test("what is no path or id is told before a server is asked; what a server refuses, by the word that was typed", async () => {
  await assert.rejects(lookUp({} as GearClient, ""), (error) => isGeartrainError(error, "USAGE"))
  assert.equal(batchId("0123456789abcdef01234567"), "0123456789abcdef01234567")
  for (const word of ["", "x", "../0123456789abcdef01234567", "0123456789ABCDEF01234567"])
    assert.throws(
      () => batchId(word),
      (error) => isGeartrainError(error, "BATCH_NOT_FOUND"),
      word,
    )
  const faults = [
    { path: "body.other", message: "is odd" },
    { path: "body.email", message: "it is none" },
  ]
  const refused = new GeartrainError("REQUEST_INVALID", "Cannot take the request", { details: { faults } })
  const told = inWordsOf(refused, "users add", { email: ["--email", "x"] })
  assert.ok(isGeartrainError(told, "USAGE"))
  assert.equal(told.message, 'Cannot take --email "x": it is none')
  assert.equal(inWordsOf(refused, "users add", { login: ["LOGIN", "x"] }), refused)
  const taken = new GeartrainError("USER_EXISTS", "Cannot take it")
  assert.equal(inWordsOf(taken, "users add", { login: ["LOGIN", "x"] }), taken)
  const bare = new GeartrainError("REQUEST_INVALID", "Cannot take the request", { details: { faults: [null, 1] } })
  assert.equal(inWordsOf(bare, "users add", { login: ["LOGIN", "x"] }), bare)
})
