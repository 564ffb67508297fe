import assert from "node:assert/strict"
import { test } from "node:test"
import { isGeartrainError } from "@geartrain/spec"
import type { HttpAnswer } from "./http-fetch.ts"
import { readRegistryList } from "./registry-lists.ts"
import type { RegistrySession } from "./registry-session.ts"

const LIST = { path: "_catalog", member: "repositories", what: "the repositories" } as const

/** Answers each question with a page: its body, and where the next one is. */
async function list(page: (asked: string, turn: number) => { status?: number; body: string; next?: string }) {
  const asked: string[] = []
  const session = {
    ask: async ({ path }: { readonly path: string }): Promise<HttpAnswer> => {
      asked.push(path)
      const { status = 200, body, next } = page(path, asked.length)
      return {
        status,
        headers: new Headers(next === undefined ? {} : { link: next }),
        url: `http://localhost:5000/v2/${path}`,
        discard: async () => undefined,
        body: async function* () {
          yield Buffer.from(body)
        },
      }
    },
  }
  const entries: string[] = []
  const reading = readRegistryList(session as unknown as RegistrySession, LIST)
  for (;;) {
    const next = await reading.next()
    if (next.done === true) return { entries, isThere: next.value, asked }
    entries.push(next.value)
  }
}

function page(...repositories: readonly unknown[]): string {
  return JSON.stringify({ repositories })
}

test("a list is read page by page, as the registry says where the next one is", async () => {
  const { entries, isThere, asked } = await list((_, turn) =>
    turn === 1 ? { body: page("a", "b"), next: '</v2/_catalog?last=b&n=2>; rel="next"' } : { body: page("c") },
  )
  assert.deepEqual([entries, isThere], [["a", "b", "c"], true])
  assert.deepEqual(asked, ["_catalog?n=1000", "http://localhost:5000/v2/_catalog?last=b&n=2"])
})

test("a registry without such a list is told apart from an empty one", async () => {
  for (const status of [404, 405, 501]) assert.equal((await list(() => ({ status, body: "no" }))).isThere, false)
  for (const body of [page(), '{"repositories": null}']) {
    assert.deepEqual(await list(() => ({ body })), { entries: [], isThere: true, asked: ["_catalog?n=1000"] })
  }
})

test("what is no name is passed over, and what is no list is refused", async () => {
  assert.deepEqual((await list(() => ({ body: page("a", 7, null, { b: 1 }) }))).entries, ["a"])
  for (const body of ["", "{", "[]", "null", "{}", '{"repositories": "a"}']) {
    await assert.rejects(
      list(() => ({ body })),
      (error) => isGeartrainError(error, "REGISTRY_REPLY_INVALID"),
      body,
    )
  }
})

test("whoever is sent round in circles stops after a thousand pages", async () => {
  let turns = 0
  const circle = list((_, turn) => {
    turns = turn
    return { body: page("a"), next: '</v2/_catalog?n=1000>; rel="next"' }
  })
  await assert.rejects(circle, (error) => isGeartrainError(error, "REGISTRY_REPLY_INVALID"))
  assert.equal(turns, 1000)
})

test("links of other kinds, and those that lead nowhere, end the list", async () => {
  for (const next of ['</v2/_catalog?last=b>; rel="prev"', "nonsense", "<", "<http://[>; rel=next"]) {
    assert.deepEqual((await list((_, turn) => ({ body: page(`${turn}`), next }))).entries, ["1"], next)
  }
})
