import assert from "node:assert/strict"
import { test } from "node:test"
import type { Digest, Gear } from "@geartrain/spec"
import type { DatumPart } from "../datums/datum.ts"
import { bringBack, whyNotReadable } from "./bring-back.ts"
import type { DatumDecision } from "./decide.ts"

const digest = (digit: string): Digest => `sha256:${digit.repeat(64)}`

/** A datum of one file, which its gear reads. */
function decision(digit: string, action: DatumDecision["action"], part: Partial<DatumPart> = {}): DatumDecision {
  const content = { digest: digest(digit), sizeBytes: 1 }
  const read = { ...content, name: "out.txt", ...(part.root === undefined ? {} : { path: `${part.root}/out.txt` }) }
  return {
    ...{ action, id: digit, key: digit, place: "", why: "" },
    datum: [{ input: "from", to: "data", path: "", caught: [], files: [{ ...content, path: "out.txt" }], ...part }],
    order: { gear: {} as Gear, config: {}, files: new Map([["data/from/out.txt", read]]) },
  }
}

async function askedFor(decisions: readonly DatumDecision[], stored: readonly string[] = []) {
  const asked: Digest[] = []
  const here = new Set(stored.map(digest))
  const lost = await bringBack(
    { decisions },
    {
      jobs: { presence: async (all) => new Map(all.map((one) => [one, here.has(one) ? "stored" : "freed"])) },
      makeAgain: async (digests) => {
        asked.push(...digests)
        return new Map([[digest("f"), "it is lost"]])
      },
    },
  )
  return { asked, lost }
}

test("only outputs that are read and stored no more are made again, each once", async () => {
  const decisions = [
    decision("1", "run"),
    decision("1", "run"),
    decision("2", "run"),
    decision("3", "keep"),
    decision("4", "reuse"),
    decision("5", "run", { root: "/data" }),
    decision("6", "run", { server: "https://gears.lab.example" }),
    decision("7", "run", { emptyFiles: true }),
  ]
  assert.deepEqual((await askedFor(decisions, ["2"])).asked, [digest("1")])
  assert.deepEqual((await askedFor(decisions, ["1", "2"])).asked, [])
})

test("who reads what is lost is told what it is, and why it is lost", async () => {
  const { lost } = await askedFor([decision("f", "run")])
  assert.match(
    whyNotReadable(decision("f", "run"), lost) ?? "",
    /^Cannot give input "data\/from\/out\.txt": sha256:f{64} is stored no more, and it is lost; run this pipeline /,
  )
  assert.equal(whyNotReadable(decision("1", "run"), lost), undefined)
  assert.equal(whyNotReadable(decision("f", "run", { root: "/data" }), lost), undefined)
})
