import assert from "node:assert/strict"
import { execFileSync } from "node:child_process"
import { chmodSync, cpSync, mkdtempSync, rmSync, symlinkSync, utimesSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { after, before, suite, test } from "node:test"
import { type CliHome, openCliHome } from "../../cli/cli-home.ts"
import { codeOf, type GearResult, replyOf } from "../../cli/gear-process.ts"
import { gearAsUser, subordinateIdsMissing } from "./as-user.ts"
import { manifestText, RUN, writeFiles } from "./gear-folder.ts"
import { makeMirror, mirrorMissing } from "./mini-mirror.ts"

interface BuildData {
  readonly id: string
  readonly skipped: boolean
  readonly before: string | null
  readonly changes: {
    readonly manifest: readonly { readonly name: string }[]
    readonly tree: {
      readonly added: readonly string[]
      readonly changed: readonly { readonly path: string }[]
      readonly packages: { readonly added: readonly string[]; readonly removed: readonly string[] }
    } | null
  } | null
  readonly notes: readonly string[]
}

function dataOf(result: GearResult): BuildData {
  const reply = replyOf(result)
  assert.equal(reply.ok, true, result.out + result.err)
  return reply["data"] as BuildData
}

suite("gear build of a recipe", { skip: mirrorMissing() ?? false }, () => {
  let mirrors = ""
  let mirror = ""
  let home: CliHome

  before(async () => {
    mirrors = mkdtempSync(join(tmpdir(), "geartrain-mirror-"))
    chmodSync(mirrors, 0o755)
    mirror = makeMirror(mirrors, {
      greet: { "usr/bin/greet": '#!/bin/sh\necho "hello $1"\n' },
      farewell: { "usr/bin/farewell": "#!/bin/sh\necho bye\n" },
    })
    home = await openCliHome()
  })
  after(async () => {
    await home.close()
    rmSync(mirrors, { recursive: true, force: true })
  })

  function recipe(more = ""): string {
    return `recipe: 1\nsuite: bookworm\ndate: 2023-11-14\nmirror: ${mirror}\npackages: [greet]\n${more}`
  }

  function gearFolder(name: string, files: Readonly<Record<string, string>> = {}): string {
    const folder = join(home.folder, name)
    return writeFiles(folder, { "gear.yaml": recipe(), "manifest.json": manifestText(), run: RUN, ...files })
  }

  const build = async (...args: readonly string[]): Promise<GearResult> => await home.gear(["build", "--json", ...args])

  test("a recipe gives the same gear twice, in another folder and at another time, and the gear runs", async () => {
    const first = dataOf(await build(gearFolder("twice-a")))
    const other = gearFolder("twice-b")
    utimesSync(join(other, "run"), 1, 1)
    chmodSync(join(other, "manifest.json"), 0o600)
    const second = dataOf(await build(other, "--no-cache", "--force"))
    assert.equal(second.id, first.id)
    assert.equal(second.skipped, false)
    const job = await home.run("greeter", "--name", "there")
    assert.equal(job.state, "complete")
    assert.equal(await home.read(`${job.outputFolder}/greeting.txt`), "hello there\n")
  })

  test("when no byte has changed nothing is built, whatever the times say; when one has, it is", async () => {
    const folder = gearFolder("again", { "manifest.json": manifestText({ name: "again" }) })
    const first = dataOf(await build(folder))
    assert.equal(first.skipped, false)
    utimesSync(join(folder, "run"), 1_000_000, 2_000_000)
    const second = dataOf(await build(folder))
    assert.deepEqual([second.skipped, second.id], [true, first.id])
    writeFileSync(join(folder, "run"), `${RUN}echo done\n`)
    const third = dataOf(await build(folder))
    assert.deepEqual([third.skipped, third.before], [false, first.id])
    assert.deepEqual(
      third.changes?.tree?.changed.map(({ path }) => path),
      ["flywheel/v0/run"],
    )
    chmodSync(join(folder, "run"), 0o644)
    assert.equal(dataOf(await build(folder)).skipped, false)
  })

  test("what changed since the last build is told: manifest, packages, files", async () => {
    const folder = gearFolder("changes", { "manifest.json": manifestText({ name: "changes" }), "table.txt": "1\n" })
    dataOf(await build(folder))
    writeFileSync(
      join(folder, "gear.yaml"),
      recipe("files: {/opt/table.txt: table.txt}\n").replace("[greet]", "[farewell]"),
    )
    writeFileSync(join(folder, "manifest.json"), manifestText({ name: "changes", label: "Another" }))
    const { changes } = dataOf(await build(folder))
    assert.deepEqual(
      changes?.manifest.map(({ name }) => name),
      ["label"],
    )
    assert.deepEqual(changes?.tree?.packages.added, ["farewell"])
    assert.deepEqual(changes?.tree?.packages.removed, ["greet"])
    assert.ok(changes?.tree?.added.includes("opt/table.txt"))
    const told = await home.gear(["build", folder, "--no-cache"])
    assert.match(told.err, /the same gear as the last build/)
  })

  test("files and folders go where the recipe says, and what it removes is gone", async () => {
    const folder = gearFolder("files", {
      "manifest.json": manifestText({ name: "files" }),
      "gear.yaml": recipe("files: {/opt/data: data, /bin/extra: tools/run}\nremove: [usr/bin/s?rt, etc/group]\n"),
      "data/a/one.txt": "1",
      "data/two.txt": "2",
      "tools/run": "#!/bin/sh\n",
    })
    dataOf(await build(folder))
    const listed = await home.gear(["export", "files", "--as", "dir", "-o", join(home.folder, "files-root")])
    assert.equal(listed.code, 0, listed.err)
    const root = join(home.folder, "files-root")
    const found = execFileSync("find", [root, "-name", "*.txt", "-o", "-name", "extra", "-o", "-name", "sort"], {
      encoding: "utf8",
    })
    assert.deepEqual(
      found
        .trim()
        .split("\n")
        .map((path) => path.slice(root.length))
        .toSorted(),
      // Through the link that /bin is, not instead of it.
      ["/opt/data/a/one.txt", "/opt/data/two.txt", "/usr/bin/extra"],
    )
  })

  test("an ordinary user builds the same gear as root does", { skip: subordinateIdsMissing() ?? false }, async () => {
    const folder = gearFolder("as-user", { "manifest.json": manifestText({ name: "as-user" }) })
    const asRoot = dataOf(await build(folder))
    const place = mkdtempSync(join(tmpdir(), "geartrain-as-user-"))
    try {
      cpSync(folder, join(place, "gear"), { recursive: true })
      execFileSync("chown", ["-R", "65534:65534", place])
      const env = { HOME: place, GEARTRAIN_HOME: `${place}/home`, XDG_CACHE_HOME: `${place}/cache` }
      const out = gearAsUser(["build", "--json", `${place}/gear`], env)
      assert.equal((JSON.parse(out) as { readonly data: BuildData }).data.id, asRoot.id)
    } finally {
      rmSync(place, { recursive: true, force: true })
    }
  })

  test("a package that the mirror does not have is told at its line", async () => {
    const folder = gearFolder("absent", { "gear.yaml": recipe().replace("[greet]", "\n  - greet\n  - nosuch") })
    const result = await build(folder)
    assert.equal(codeOf(result), "RECIPE_INVALID")
    assert.match(result.out, /gear\.yaml:7:5 \/packages\/1: bookworm has no package \\"nosuch\\"/)
  })

  test("a recipe that cannot be followed is refused before anything is built, and nothing is left behind", async () => {
    const folder = gearFolder("refused", { "manifest.json": manifestText({ name: "refused" }) })
    symlinkSync("/etc/passwd", join(folder, "link"))
    symlinkSync("/etc", join(folder, "linked"))
    const refusals: readonly (readonly [string, RegExp])[] = [
      [recipe("files: {/a: ../outside}\n"), /"\.\.\/outside\\" leads out/],
      [recipe("files: {/a: /etc/passwd}\n"), /leads out of the folder/],
      [recipe("files: {/a: link}\n"), /\\"link\\" is a link/],
      [recipe("files: {/a: linked/passwd}\n"), /lies behind one/],
      [recipe("files: {/a: missing}\n"), /there is no \\"missing\\"/],
      [recipe("files: {a: run}\n"), /begins with \//],
      [recipe("files: {/a/../../b: run}\n"), /\.\./],
      [recipe("files: {/proc/x: run}\n"), /every machine has its own/],
      [recipe("remove: ['usr/x; touch /tmp/pwned']\n"), /remove\/0/],
      [recipe("remove: [../etc]\n"), /\.\./],
      [recipe("remove: ['$(id)']\n"), /remove\/0/],
      [recipe("commands: [make]\n"), /\\"commands\\" is not known here/],
      [recipe("snapshot: 2023-11-14\n"), /no other mirror/],
      [recipe().replace("bookworm", "bookwrm"), /write bookworm/],
      [recipe().replace("2023-11-14", "2023-02-30"), /no day of any calendar/],
      [recipe().replace("date: 2023-11-14\n", ""), /\\"date\\" is missing/],
      [recipe().replace(/mirror: .*/, "mirror: ftp://x"), /mirror/],
      ["recipe: 2\nsuite: bookworm\ndate: 2023-11-14\n", /recipe/],
    ]
    for (const [text, wanted] of refusals) {
      writeFileSync(join(folder, "gear.yaml"), text)
      const result = await build(folder)
      assert.equal(codeOf(result), "RECIPE_INVALID", `${text}\n${result.out}`)
      assert.match(result.out, wanted)
    }
    const left = execFileSync("find", [join(home.folder, "cache"), "-name", "build-*"], { encoding: "utf8" })
    assert.equal(left, "")
  })

  test("a gear of another source keeps its name and version", async () => {
    const mine = gearFolder("mine", { "manifest.json": manifestText({ name: "mine" }) })
    const theirs = gearFolder("theirs", { "manifest.json": manifestText({ name: "mine", label: "Theirs" }) })
    const first = dataOf(await build(mine))
    const refused = await build(theirs)
    assert.equal(codeOf(refused), "GEAR_EXISTS")
    const forced = dataOf(await build(theirs, "--force", "--tag", "mine:old"))
    assert.notEqual(forced.id, first.id)
    assert.match((await home.gear(["show", "mine@old"])).out, /Theirs/)
  })

  test("packages of a mirror in a folder are not said to move, since nobody moves them", async () => {
    const folder = gearFolder("moving", { "manifest.json": manifestText({ name: "moving" }) })
    assert.deepEqual(dataOf(await build(folder)).notes, [])
  })
})
