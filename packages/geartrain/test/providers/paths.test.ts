import assert from "node:assert/strict"
import { execFileSync, spawnSync } from "node:child_process"
import { chmodSync, cpSync, mkdirSync, readdirSync, readFileSync, symlinkSync } from "node:fs"
import { join } from "node:path"
import { after, test } from "node:test"
import { findProgram } from "../../src/system/linux/find-program.ts"
import { makeBench, missingFor, OPENERS, openAll, plainBox, RUN_BOX, runBox, shell } from "./bench.ts"
import type { Printed } from "./run-box.ts"

const bench = makeBench()
after(() => bench.remove())
const providers = await openAll(test, after)
const isRoot = process.getuid?.() === 0

const ODD = "an odd: name, with 'quotes' \"and\" $(more) \\ ü"

for (const provider of providers) {
  const { name } = provider

  test(`${name}: folders may have any name`, async () => {
    const place = join(await bench.makeFolder(), ODD)
    mkdirSync(place)
    const root = join(place, "root")
    cpSync(bench.tree.path, root, {
      recursive: true,
      verbatimSymlinks: true,
      filter: (path) => !path.endsWith("/zero"),
    })
    const folder = join(place, "box")
    const source = join(place, "source")
    for (const path of [folder, source]) mkdirSync(path)
    const box = await plainBox(bench, {
      folder,
      root: { form: "tree", path: root },
      mounts: [{ source, target: `/${ODD}`, access: "read-write" }],
      command: shell(`echo written >"$TARGET/file"; pwd`),
      environment: { PATH: "/bin", TARGET: `/${ODD}` },
      workingFolder: `/work/${ODD}`,
    })
    const { stdout, exit } = await runBox(provider, box)
    assert.deepEqual([stdout, exit.code], [`/work/${ODD}\n`, 0])
    assert.equal(readFileSync(join(source, "file"), "utf8"), "written\n")
    assert.deepEqual(readdirSync(folder), [])
  })

  test(`${name}: folders that a gear closed to everybody are removed`, async () => {
    const box = await plainBox(bench, {
      command: shell("mkdir -p /a/b/c && echo x >/a/b/c/d && chmod 000 /a/b/c /a/b /a"),
    })
    await runBox(provider, box)
    assert.deepEqual(readdirSync(box.folder), [])
  })

  test(`${name}: the root folder has the permissions that the root filesystem has`, async () => {
    const root = await bench.makeFolder()
    cpSync(join(bench.tree.path, "bin"), join(root, "bin"), { recursive: true, verbatimSymlinks: true })
    chmodSync(root, 0o711)
    const box = await plainBox(bench, { root: { form: "tree", path: root }, command: shell("stat -c %a / /tmp") })
    assert.equal((await runBox(provider, box)).stdout, "711\n1777\n")
  })

  test(`${name}: files of the caller's stay the caller's`, async () => {
    const source = await bench.makeFolder()
    const box = await plainBox(bench, {
      mounts: [{ source, target: "/out", access: "read-write" }],
      command: shell("echo x >/out/file; mkdir /out/folder"),
    })
    await runBox(provider, box)
    const owner = execFileSync("stat", ["-c", "%u %a", join(source, "file"), join(source, "folder")], {
      encoding: "utf8",
    })
    assert.equal(owner, `${process.getuid?.()} 644\n${process.getuid?.()} 755\n`)
  })
}

for (const name of Object.keys(OPENERS)) {
  test(`${name}: where the disk cannot hold a layer, what a box writes is kept in memory`, {
    skip: missingFor(name) ?? (isRoot ? false : "needs root to mount an overlay"),
  }, async () => {
    const base = await bench.makeFolder()
    for (const part of ["lower", "upper", "work", "merged"]) mkdirSync(join(base, part))
    const folder = join(base, "merged", "box")
    const command = shell("echo x >/file; cat /file; echo y >/tmp/t; cat /tmp/t")
    const order = JSON.stringify({
      provider: name,
      afterwards: "wait",
      boxes: [await plainBox(bench, { folder, command })],
    })
    const script = `cd "$1" && mount -t overlay -o lowerdir=lower,upperdir=upper,workdir=work overlay merged && mkdir merged/box && exec "$2" "$3" "$4"`
    const ran = spawnSync("unshare", ["--mount", "sh", "-c", script, "sh", base, process.execPath, RUN_BOX, order], {
      encoding: "utf8",
    })
    const ended = linesOf(ran.stdout).find((line) => line.at === "ended")
    assert.deepEqual(ended?.at === "ended" && [ended.code, ended.stdout], [0, "x\ny\n"], ran.stdout + ran.stderr)
  })

  for (const shellName of ["bash", "busybox"]) {
    const program = findProgram(shellName)
    test(`${name}: the helper runs with ${shellName} as sh`, {
      skip: missingFor(name) ?? (program === undefined ? `needs ${shellName}` : false),
    }, async () => {
      const folder = await bench.makeFolder()
      symlinkSync(program ?? "", join(folder, "sh"))
      const boxes = await Promise.all(
        [0, 7].map((code) => plainBox(bench, { id: `code-${code}`, command: shell(`echo ${code}; exit ${code}`) })),
      )
      const order = JSON.stringify({ provider: name, afterwards: "wait", boxes })
      const env = { ...process.env, PATH: `${folder}:${process.env["PATH"]}` }
      const ran = spawnSync(process.execPath, [RUN_BOX, order], { encoding: "utf8", env })
      const ended = linesOf(ran.stdout).flatMap((line) => (line.at === "ended" ? [[line.code, line.stdout]] : []))
      assert.deepEqual(
        ended,
        [
          [0, "0\n"],
          [7, "7\n"],
        ],
        ran.stdout + ran.stderr,
      )
    })
  }
}

function linesOf(printed: string): readonly Printed[] {
  return printed
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as Printed)
}
