import assert from "node:assert/strict"
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { after, before, suite, test } from "node:test"
import { type CliHome, openCliHome } from "../../cli/cli-home.ts"
import { codeOf } from "../../cli/gear-process.ts"
import { manifestText, RUN, writeFiles } from "./gear-folder.ts"
import { makeMirror, mirrorMissing } from "./mini-mirror.ts"

suite("gear run of a folder of sources", { skip: mirrorMissing() ?? false }, () => {
  let mirrors = ""
  let folder = ""
  let home: CliHome

  before(async () => {
    mirrors = mkdtempSync(join(tmpdir(), "geartrain-mirror-"))
    chmodSync(mirrors, 0o755)
    const mirror = makeMirror(mirrors, { greet: { "usr/bin/greet": '#!/bin/sh\necho "hello $1"\n' } })
    home = await openCliHome()
    folder = writeFiles(join(home.folder, "sources"), {
      "gear.yaml": `recipe: 1\nsuite: bookworm\ndate: 2023-11-14\nmirror: ${mirror}\npackages: [greet]\n`,
      "manifest.json": manifestText(),
      run: RUN,
    })
  })
  after(async () => {
    await home.close()
    rmSync(mirrors, { recursive: true, force: true })
  })

  test("it is built first, and again only when it has changed", async () => {
    const first = await home.gear(["run", "./sources", "--no-output"])
    assert.deepEqual([first.code, first.out], [0, "hello world\n"], first.err)
    assert.match(first.err, /^building .*gear\.yaml\nbuilt sha256:[0-9a-f]{64}$/m)
    const second = await home.gear(["run", "./sources", "--name", "there", "--no-output"])
    assert.deepEqual([second.code, second.out], [0, "hello there\n"], second.err)
    assert.doesNotMatch(second.err, /built/)
    writeFileSync(join(folder, "run"), `${RUN}echo changed\n`)
    const third = await home.gear(["run", "./sources", "--no-output"])
    assert.deepEqual([third.code, third.out], [0, "hello world\nchanged\n"], third.err)
  })

  test("one that nothing can be built from is refused", async () => {
    writeFiles(join(home.folder, "bare"), { "manifest.json": manifestText(), run: RUN })
    const result = await home.gear(["run", "./bare", "--json"])
    assert.deepEqual([result.code, codeOf(result)], [125, "BUILD_FOLDER_INVALID"])
  })
})
