import assert from "node:assert/strict"
import { copyFileSync, existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { after, before, test } from "node:test"
import { makeOciArchive } from "../images/support/make-image.ts"
import { makeTar } from "../images/support/make-tar.ts"
import { findHostProgram, type HostProgram, hostPython, makeHostRoot } from "../programs/host-root.ts"
import { type CliHome, openCliHome } from "./cli-home.ts"
import { codeOf, replyOf } from "./gear-process.ts"

let home: CliHome
before(async () => {
  home = await openCliHome()
  await home.write("scan.txt", "one two three\n")
})
after(() => home.close())

const node = findHostProgram("node")
const rscript = findHostProgram("Rscript")

/** What each template needs of this machine to be run on it, beside bash. */
const NEEDS: Readonly<Record<string, HostProgram | undefined>> = {
  bash: { path: findHostProgram("cat") ?? "" },
  python: hostPython(),
  node: node === undefined ? undefined : { path: node, name: "node" },
  // R is a shell script around a program, with libraries in several places.
  r: rscript === undefined ? undefined : { path: rscript, name: "Rscript", folders: ["/usr/lib/R", "/usr/share/R"] },
}

for (const [template, program] of Object.entries(NEEDS)) {
  const skip = program === undefined ? `needs ${template === "r" ? "Rscript" : template}` : false
  test(`a gear begun in ${template} is clean, and runs as it is`, { skip }, async () => {
    const name = `new-${template}`
    const made = await home.gear(["init", name, "--template", template])
    assert.equal(made.code, 0, made.err)
    assert.match(made.err, new RegExp(`→ gear run \\./${name}\n$`))
    const folder = join(home.folder, name)
    assert.equal(statSync(join(folder, "run")).mode & 0o111, 0o111)
    const lint = await home.gear(["lint", "--strict", "--json", name])
    assert.deepEqual((replyOf(lint)["data"] as { readonly findings: readonly unknown[] }).findings, [], lint.out)

    const common = ["bash", "env", "wc"].map((tool) => ({ path: findHostProgram(tool) ?? "", name: tool }))
    const root = makeHostRoot(join(home.folder, `root-${template}`), [...common, program as HostProgram])
    for (const file of readdirSync(folder)) {
      if (file !== "gear.yaml") copyFileSync(join(folder, file), join(root, "flywheel/v0", file))
    }
    const whole = await home.gear(["lint", "--strict", `./root-${template}`])
    assert.equal(whole.code, 0, whole.out)
    const job = await home.run(
      `./root-${template}`,
      "--input",
      "file=scan.txt",
      "--set",
      "name=Ada",
      "-o",
      `out-${template}`,
    )
    assert.equal(job.state, "complete")
    assert.equal(await home.read(`out-${template}/greeting.txt`), "Hello, Ada\n")
    assert.equal(await home.read(`out-${template}/bytes.txt`), "scan.txt 14\n")
    const alone = await home.run(`./root-${template}`, "-o", `alone-${template}`)
    assert.deepEqual(readdirSync(join(home.folder, `alone-${template}`)), ["greeting.txt"])
    assert.equal(alone.state, "complete")
  })
}

test("nothing is written over, and nothing is written beside what is there", async () => {
  mkdirSync(join(home.folder, "taken"))
  await home.write("taken/run", "mine")
  const result = await home.gear(["init", "--json", "taken"])
  assert.deepEqual([result.code, codeOf(result)], [5, "OUTPUT_EXISTS"])
  assert.deepEqual(readdirSync(join(home.folder, "taken")), ["run"])
  assert.equal(await home.read("taken/run"), "mine")
  const file = await home.gear(["init", "--json", "scan.txt"])
  assert.deepEqual([file.code, codeOf(file)], [5, "OUTPUT_FOLDER_UNUSABLE"])
})

test("a gear is called as its folder is, unless it is given a name", async () => {
  assert.equal((await home.gear(["init", "My_Tools (2)"])).code, 0)
  assert.equal(JSON.parse(await home.read("My_Tools (2)/manifest.json")).name, "my-tools-2")
  assert.equal((await home.gear(["init", "named", "--name", "other"])).code, 0)
  assert.equal(JSON.parse(await home.read("named/manifest.json")).name, "other")
  for (const args of [
    ["--name", "Not Good"],
    ["--template", "cobol"],
    ["--template", "bash", "--from", "x.tar"],
  ]) {
    const refused = await home.gear(["init", "refused", "--json", ...args])
    assert.deepEqual([refused.code, codeOf(refused)], [2, "USAGE"], args.join(" "))
  }
  assert.equal(existsSync(join(home.folder, "refused")), false)
})

test("a gear begun from an image has its ENV, and starts what it starts", async () => {
  const config = {
    Env: ["PATH=/opt/tool/bin:/usr/bin:/bin", "TOOL_DATA=/opt/tool/data", "PYTHON_VERSION=3.11"],
    Entrypoint: ["tool", "--all of it"],
    WorkingDir: "/opt/tool",
  }
  const layers = [{ tar: makeTar([{ path: "opt/tool/bin/tool", mode: 0o755, body: "#!/bin/sh\n" }]) }]
  writeFileSync(join(home.folder, "tool.tar"), makeOciArchive([{ layers, config }]))
  const made = await home.gear(["init", "from-image", "--from", "./tool.tar"])
  assert.equal(made.code, 0, made.err)
  const manifest = JSON.parse(await home.read("from-image/manifest.json"))
  assert.deepEqual(manifest.environment, { PATH: "/opt/tool/bin:/usr/bin:/bin", TOOL_DATA: "/opt/tool/data" })
  assert.match(await home.read("from-image/run"), /\ncd \/opt\/tool\ntool '--all of it'\n$/)
  const [from] = (await home.read("from-image/Dockerfile")).split("\n")
  assert.equal(from, `FROM oci-archive:${home.folder}/tool.tar`)
  const lint = await home.gear(["lint", "--strict", "from-image"])
  assert.equal(lint.code, 0, lint.out)
})

test("a packing that nothing can be built on is refused", async () => {
  mkdirSync(join(home.folder, "root/flywheel/v0"), { recursive: true })
  const result = await home.gear(["init", "from-root", "--json", "--from", "./root"])
  assert.deepEqual([result.code, codeOf(result)], [2, "USAGE"])
})
