import assert from "node:assert/strict"
import { type ChildProcess, spawn } from "node:child_process"
import { randomBytes } from "node:crypto"
import { cpSync, existsSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { after, test } from "node:test"
import type { Box, Provider } from "@geartrain/ports"
import { makeBench, missingFor, OPENERS, plainBox, RUN_BOX, runBox, shell } from "./bench.ts"
import { leftBehindBy } from "./left-behind.ts"

const bench = makeBench()
after(() => bench.remove())

/** Everything that a box can do to its root filesystem's top, and deep in it. */
const DEEDS: readonly string[] = [
  "echo mine >/left",
  "echo mine >/left && rm /left",
  "mkdir /etc/deep && echo mine >/etc/deep/left",
  "chmod 0700 /",
  "touch -d '2001-02-03 04:05:06' /",
  "rm -r /etc /bin/vi",
  "mkdir /closed && echo mine >/closed/left && chmod 0 /closed",
]
const LOOK = "ls -a / /etc; stat -c '%a %u %g' / /etc; test ! -e /left && test -e /bin/vi && echo as new"

/** The layer's number on the disk, while the box that looks has it. */
async function lookAround(provider: Provider, box: Box): Promise<{ readonly seen: string; readonly layer: number }> {
  const container = await provider.start(box)
  try {
    const layer = statSync(join(box.folder, "layer/upper")).ino
    let seen = ""
    for await (const piece of container.stdout) seen += Buffer.from(piece).toString()
    assert.equal((await container.wait()).code, 0)
    return { seen, layer }
  } finally {
    await container.delete()
    assert.deepEqual(readdirSync(box.folder), [])
  }
}

for (const [name, open] of Object.entries(OPENERS)) {
  const skip = missingFor(name) ?? false

  test(`${name}: a box gets a root filesystem that was kept, and sees nothing of what any box did`, {
    skip,
  }, async () => {
    const spares = join(await bench.makeFolder(), "spares")
    const provider = await open()
    const wish = { command: shell(`${LOOK}; sleep 0.1`), spares }
    try {
      const seen = new Set<string>()
      const layers: number[] = []
      const look = async (): Promise<void> => {
        const found = await lookAround(provider, await plainBox(bench, wish))
        seen.add(found.seen)
        layers.push(found.layer)
      }
      for (let count = 0; count < 4; count += 1) await look()
      for (const deed of DEEDS) {
        const boxes = await Promise.all([1, 2].map(() => plainBox(bench, { command: shell(deed), spares })))
        for (const { exit } of await Promise.all(boxes.map((box) => runBox(provider, box)))) assert.equal(exit.code, 0)
        await look()
        await look()
      }
      assert.equal(seen.size, 1, [...seen].join("\n---\n"))
      assert.match([...seen].join(), /as new/)
      assert.ok(new Set(layers).size < layers.length, "none was kept")
    } finally {
      await provider.close()
    }
    assert.ok(!existsSync(spares), "what is kept goes with the provider")
  })

  test(`${name}: what is kept of a root filesystem is let go, so that another may take its place`, {
    skip,
  }, async () => {
    const path = await bench.makeFolder()
    cpSync(bench.tree.path, path, { recursive: true, verbatimSymlinks: true })
    const root = { form: "tree" as const, path }
    const spares = join(await bench.makeFolder(), "spares")
    const provider = await open()
    const look = async (): Promise<string> =>
      (await runBox(provider, await plainBox(bench, { root, command: shell("cat /which; sleep 0.1"), spares }))).stdout
    try {
      writeFileSync(join(path, "which"), "first")
      for (let count = 0; count < 3; count += 1) assert.equal(await look(), "first")
      assert.ok(existsSync(spares), "nothing was kept")
      await provider.forget(root)
      assert.deepEqual(
        readdirSync(spares).flatMap((own) => readdirSync(join(spares, own))),
        [],
      )
      renameSync(path, `${path}-before`)
      cpSync(`${path}-before`, path, { recursive: true, verbatimSymlinks: true })
      rmSync(`${path}-before`, { recursive: true })
      writeFileSync(join(path, "which"), "second")
      for (let count = 0; count < 3; count += 1) assert.equal(await look(), "second")
    } finally {
      await provider.close()
    }
  })

  test(`${name}: kept root filesystems go with a program that is killed`, { skip }, async () => {
    const marker = randomBytes(8).toString("hex")
    const spares = join(await bench.makeFolder(), "spares")
    const command = shell(`echo up; sleep 987; : ${marker}`)
    const boxes = await Promise.all([1, 2, 3, 4, 5].map(() => plainBox(bench, { command, spares })))
    const child = spawn(process.execPath, [RUN_BOX, JSON.stringify({ provider: name, afterwards: "stay", boxes })], {
      stdio: ["ignore", "pipe", "inherit"],
    })
    await printed(child, '"started"')
    assert.ok(existsSync(spares), "nothing was kept")
    child.kill("SIGKILL")
    assert.deepEqual(await leftBehindBy(child.pid ?? 0, marker), [])
    for (const { folder } of boxes) assert.deepEqual(readdirSync(folder), [])
    const left = readdirSync(spares).flatMap((own) => readdirSync(join(spares, own)))
    assert.deepEqual(left, [])
  })
}

async function printed(child: ChildProcess, text: string): Promise<void> {
  let all = ""
  await new Promise<void>((resolve, reject) => {
    child.once("close", () => reject(new Error(`It ended: ${all}`)))
    child.stdout?.setEncoding("utf8").on("data", (more: string) => {
      all += more
      if (all.includes(text)) resolve()
    })
  })
}
