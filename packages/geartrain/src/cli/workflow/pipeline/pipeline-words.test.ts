import assert from "node:assert/strict"
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { type TestContext, test } from "node:test"
import { SERVER } from "../../../../test/cli/answering-server.ts"
import { contextOf } from "../../../../test/cli/told.ts"
import { digest } from "../../../../test/stores/records/sample-records.ts"
import { openCommits } from "../../../compose/pipelines/open-pipelines.ts"
import type { LocalBlobs } from "../../../engine/engine-ports.ts"
import { COMMIT_FORMAT, type Commit } from "../../../workflows/pipelines/folders/commit.ts"
import { outputOf, type Versioned, versionedFolder } from "../../../workflows/pipelines/folders/commit-store.ts"
import { openLoginFile } from "../../server/login-file.ts"
import { connectNamed, openArchives } from "./open-archives.ts"
import { findCommit } from "./pipeline-word.ts"

function folder(context: TestContext): string {
  const path = realpathSync(mkdtempSync(join(tmpdir(), "geartrain-pipeline-words-")))
  context.after(() => rmSync(path, { recursive: true, force: true }))
  return path
}

async function storeWith(home: string, all: readonly (readonly [Versioned, number])[]) {
  const store = openCommits({ home })
  for (const [of, number] of all) {
    const commit: Commit = {
      ...{
        format: COMMIT_FORMAT,
        id: String(number).repeat(24),
        number,
        of: of.name,
        created: "2026-01-01T00:00:00.000Z",
      },
      ...{ origin: { kind: "folder", path: "/data" }, digest: digest(1), fileCount: 0, sizeBytes: 0 },
    }
    await store.write(of, commit, [])
  }
  return store
}

test("a word is a pipeline by its name, what pipelines read by its whole name, and a folder by its path", async (context) => {
  const home = folder(context)
  const scans = join(home, "scans")
  mkdirSync(scans)
  symlinkSync(scans, join(home, "link"))
  const named = versionedFolder(scans)
  const store = await storeWith(home, [
    [outputOf("count"), 1],
    [named, 2],
  ])
  assert.equal((await findCommit("count", undefined, store)).of.kind, "outputs")
  for (const word of [named.name, scans, `${scans}/`, join(home, "link")])
    assert.deepEqual((await findCommit(word, undefined, store)).of, named, word)
  // What the folder is called is not enough: there may be two.
  await assert.rejects(findCommit("scans", undefined, store), { code: "PIPELINE_NOT_FOUND" })
})

test("a folder that is gone is found by the path that it had", async (context) => {
  const home = folder(context)
  const store = await storeWith(home, [[versionedFolder("/gone/scans"), 1]])
  assert.equal((await findCommit("/gone/scans", undefined, store)).commit.number, 1)
})

test("the newest commit is meant where no number is, and a number as it is written", async (context) => {
  const of = outputOf("count")
  const store = await storeWith(folder(context), [
    [of, 1],
    [of, 2],
    [of, 10],
  ])
  assert.equal((await findCommit("count", undefined, store)).commit.number, 10)
  assert.equal((await findCommit("count", "2", store)).commit.number, 2)
  for (const number of ["3", "02", "2.0", "", "-1", "../1"])
    await assert.rejects(findCommit("count", number, store), {
      ...{ code: "PIPELINE_NOT_FOUND", message: `Cannot find commit ${number} of "count": it has commits 1 to 10` },
    })
  await assert.rejects(findCommit("none", undefined, store), {
    message: 'Cannot find "none": there is none of this name',
  })
})

/** Settings with a key for a server of the environment, and a login to another. */
async function settingsOf(context: TestContext, env: Readonly<Record<string, string>>) {
  const { settings } = contextOf({ env: { ...env, XDG_CONFIG_HOME: folder(context) } })
  const login = { url: "https://lab.example", user: "ada", token: "gtk_login", key: "k", isOwn: true }
  await openLoginFile(settings.config).keep(login)
  return settings
}

async function keyOf(context: TestContext, open: () => ReturnType<typeof connectNamed>): Promise<string | null> {
  let key: string | null = null
  context.mock.method(globalThis, "fetch", async (request: Request) => {
    key = request.headers.get("authorization")
    return Response.json({})
  })
  await (await open()).send("/x")
  return key
}

test("whoever writes a pipeline gets no key of another server sent to theirs", async (context) => {
  const settings = await settingsOf(context, { GEARTRAIN_SERVER: SERVER, GEARTRAIN_TOKEN: "gtk_env" })
  const keyFor = (server: string | undefined) => keyOf(context, () => connectNamed(settings, server))
  assert.equal(await keyFor(undefined), "Bearer gtk_env")
  assert.equal(await keyFor(`${SERVER}/`), "Bearer gtk_env")
  assert.equal(await keyFor("https://lab.example"), "Bearer gtk_login")
  await assert.rejects(keyFor("https://evil.example"), {
    ...{ code: "LOGIN_NEEDED", hint: "Log in first: gear login https://evil.example" },
  })
  const bare = await settingsOf(context, { GEARTRAIN_TOKEN: "gtk_env" })
  await assert.rejects(
    keyOf(context, () => connectNamed(bare, "https://evil.example")),
    { code: "LOGIN_NEEDED" },
  )
})

test("archives that nobody reads are never opened, and a server without a login is told when it is asked", async (context) => {
  const { settings } = contextOf({ env: { XDG_CONFIG_HOME: folder(context) } })
  const unused = openArchives(settings, {} as LocalBlobs)
  await unused.close()
  const archives = openArchives(settings, {} as LocalBlobs)
  const query = { server: SERVER, place: "lab/study" }
  await assert.rejects(archives.list(query as never, new AbortController().signal), { code: "LOGIN_NEEDED" })
  await archives.close()
})
