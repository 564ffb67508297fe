import assert from "node:assert/strict"
import { writeFileSync } from "node:fs"
import { mkdir, symlink } from "node:fs/promises"
import { join } from "node:path"
import { after, before, test } from "node:test"
import { type CliHome, openCliHome } from "../../cli/cli-home.ts"
import { codeOf, type GearResult, replyOf } from "../../cli/gear-process.ts"
import { busyboxMissing, makeBusyboxGear } from "../../programs/busybox-gear.ts"

const skip = busyboxMissing() ?? false

let home: CliHome
before(async () => {
  if (skip !== false) return
  home = await openCliHome()
  for (const path of ["a", "b", "data/sub-01/deep"]) await mkdir(join(home.folder, path), { recursive: true })
  for (const [path, text] of [
    ["a/one.txt", "1"],
    ["b/two.txt", "22"],
    ["b/one.txt", "other"],
    ["data/sub-01/x.dcm", "x"],
    ["data/sub-01/deep/y.dcm", "yy"],
    ["key.txt", "s3cret-license\n"],
  ] as const) {
    await home.write(path, text)
  }
  await home.import({
    name: "collector",
    command:
      'cat config.json; cd input; find . -type f | sort | while read f; do echo "$f $(cat $f)" >> ../output/list.txt; done; (echo x >> texts/one.txt) 2>/dev/null && echo writable >> ../output/list.txt; true',
    inputs: {
      texts: { base: "file", type: { enum: ["text"] }, optional: true },
      data: { base: "file", type: { enum: ["archive"] }, name: { pattern: "zip$" }, optional: true },
    },
    custom: {
      geartrain: { inputs: { texts: { takes: "files", atLeast: 2, atMost: 3 }, data: { takes: "folder", atMost: 2 } } },
    },
  })
  await home.import({
    name: "former",
    command: "echo $FW_CONFIG_MODE > output/a_mask.txt",
    config: {
      mode: { type: "string", enum: ["fast", "slow"], default: "fast", description: "How" },
      radius: { type: "number", default: 2, description: "Of the kernel" },
      seed: { type: "integer", default: 1 },
    },
    custom: {
      geartrain: {
        resources: { cpus: 1, memory: "64m", time: "1m", disk: "10m" },
        groups: [{ label: "Smoothing", description: "What blurs", config: ["radius", "mode"] }],
        config: { radius: { unit: "mm", when: { mode: ["slow"] } }, seed: { advanced: true } },
        outputs: {
          mask: { files: ["*_mask.txt"], type: "mask", sensitivity: "personal", description: "The mask" },
          report: { files: ["**/*.html"], optional: true },
        },
      },
    },
  })
})
after(() => home?.close())

interface Told {
  readonly inputs: Readonly<
    Record<
      string,
      {
        readonly location: { readonly name: string; readonly path: string }
        readonly object: Readonly<Record<string, unknown>>
        readonly files?: readonly unknown[]
      }
    >
  >
}

function configOf(result: GearResult): Told {
  assert.equal(result.code, 0, result.err)
  return JSON.parse(result.out)
}

test("an input takes several files, which the gear finds in its folder and config.json lists", { skip }, async () => {
  const told = configOf(
    await home.gear(["run", "collector", "--texts", "a/one.txt", "--texts", "b/two.txt", "-o", "many"]),
  )
  assert.equal(await home.read("many/list.txt"), "./texts/one.txt 1\n./texts/two.txt 22\n")
  assert.equal(told.inputs["texts"]?.location.path, "/flywheel/v0/input/texts/one.txt")
  assert.equal(told.inputs["texts"]?.object["size"], 1)
  assert.deepEqual(
    told.inputs["texts"]?.files?.map((file) => (file as { location: { name: string } }).location.name),
    ["one.txt", "two.txt"],
  )
})

test("a folder is mounted as it was read, and told as one", { skip }, async () => {
  const told = configOf(await home.gear(["run", "collector", "--data", "data/sub-01", "-o", "folder"]))
  assert.equal(await home.read("folder/list.txt"), "./data/sub-01/deep/y.dcm yy\n./data/sub-01/x.dcm x\n")
  const { location, object, files } = told.inputs["data"] ?? {}
  assert.deepEqual(location, { name: "sub-01", path: "/flywheel/v0/input/data/sub-01" })
  assert.deepEqual([object?.["type"], object?.["size"], files], ["folder", 3, undefined])
})

test("a folder that gets another file while the gear runs makes no result", { skip }, async () => {
  await mkdir(join(home.folder, "growing"))
  for (let index = 0; index < 70; index++) await home.write(`growing/f${index}`, "1")
  await home.import({
    name: "slow-reader",
    command: "echo ready; sleep 2; ls input/data/growing | wc -l > output/count.txt",
    inputs: { data: { base: "file" } },
    custom: { geartrain: { inputs: { data: { takes: "folder" } } } },
  })
  const still = await home.gear(["run", "slow-reader", "--data", "growing", "-o", "still"])
  assert.equal(still.code, 0, still.err)
  assert.equal(await home.read("still/count.txt"), "70\n")
  const grown = await home.gear(["run", "slow-reader", "--data", "growing", "--no-output", "--json"], {
    onOutput: ({ err }) => {
      if (err.includes("ready")) writeFileSync(join(home.folder, "growing/late"), "2")
    },
  })
  assert.equal(codeOf(grown), "INPUT_CHANGED", grown.out)
})

test("a run of several files and a folder is verified from its record", { skip }, async () => {
  const run = await home.run(
    "collector",
    "--texts",
    "a/one.txt",
    "--texts",
    "b/two.txt",
    "--data",
    "data/sub-01",
    "--no-output",
  )
  assert.deepEqual(Object.keys(run.invocation.inputs).sort(), [
    "data/sub-01/deep/y.dcm",
    "data/sub-01/x.dcm",
    "texts/one.txt",
    "texts/two.txt",
  ])
  const verified = await home.gear(["verify", run.id])
  assert.equal(verified.code, 0, `${verified.out}${verified.err}`)
})

test("what an input cannot take is refused before anything runs", { skip }, async () => {
  await symlink("/etc/passwd", join(home.folder, "data/out.dcm"))
  await mkdir(join(home.folder, "empty"))
  for (const [args, code, told] of [
    [["--texts", "a/one.txt"], "INVOCATION_INVALID", /"texts" has 1 file, wanted at least 2/],
    [["--texts", "a/one.txt", "--texts", "b/one.txt"], "USAGE", /two files "one\.txt"/],
    [["--texts", "a/one.txt", "--texts", "data/sub-01/x.dcm"], "INVOCATION_INVALID", /"x\.dcm" is of type "dicom"/],
    [["--data", "a/one.txt"], "INPUT_NOT_A_FILE", /takes a folder, and this is none/],
    [["--data", "data"], "INPUT_NOT_A_FILE", /link out of the folder/],
    [["--data", "empty"], "INPUT_NOT_FOUND", /no file in the folder/],
    [["--data", "nowhere"], "INPUT_NOT_FOUND", /no such folder/],
    [["--data", "a", "--data", "b"], "USAGE", /(twice|once)/],
  ] as const) {
    const result = await home.gear(["run", "collector", "--no-output", "--json", ...args])
    assert.equal(result.code, 125, `${args.join(" ")}: ${result.out}`)
    assert.equal(codeOf(result), code, result.out)
    assert.match((replyOf(result)["error"] as { readonly message: string }).message, told)
  }
})

test("a secret is a file for the gear's user alone, and neither in config.json nor in the log nor in the record", {
  skip,
}, async () => {
  await home.import({
    name: "licensed",
    command:
      "cat /run/secrets/license; ls -ln /run/secrets/license; cat config.json; wc -c < /run/secrets/license > output/size.txt",
    custom: {
      flywheel: { uid: 1000, gid: 1000 },
      geartrain: { secrets: { license: { description: "Of the program" }, other: { optional: true } } },
    },
  })
  const result = await home.gear(["run", "licensed", "--key-file", "license=key.txt", "-o", "licensed"])
  assert.equal(result.code, 0, result.err)
  assert.match(result.out, /^s3cret-license-r--------/)
  assert.doesNotMatch(result.out.slice(result.out.indexOf("{")), /s3cret|license/)
  assert.equal(await home.read("licensed/size.txt"), "14\n")
  assert.doesNotMatch((await home.gear(["logs", "latest"])).out, /s3cret/)
  assert.doesNotMatch((await home.gear(["show", "latest", "--json"])).out, /s3cret/)
  const missing = await home.gear(["run", "licensed", "--no-output"])
  assert.match(
    missing.err,
    /secret "license" is missing: give it: --key-file license=PATH or --key-env license=VARIABLE/,
  )
  assert.match((await home.gear(["run", "licensed", "--help"])).out, /--key-file license=PATH +Of the program/)
})

for (const provider of ["crun", "runc", "bubblewrap"]) {
  test(`under ${provider} a gear that is not root can read what is its own, and write`, { skip }, async (t) => {
    const run = ["run", "licensed", "--provider", provider, "--key-file", "license=key.txt", "--no-output", "--json"]
    const result = await home.gear(run)
    if (codeOf(result) === "PROVIDER_UNAVAILABLE") return t.skip(`needs ${provider}`)
    assert.equal(result.code, 0, result.out)
    const { outputs } = replyOf(result)["data"] as { readonly outputs: readonly { readonly path: string }[] }
    assert.deepEqual(
      outputs.map(({ path }) => path),
      ["size.txt"],
    )
  })
}

test("what a gear needs are its limits, unless the user sets others", { skip }, async () => {
  const own = await home.run("former", "--no-output")
  assert.equal(own.limits.timeMs, 60_000)
  assert.equal(own.limits.outputBytes, 10 * 1024 * 1024)
  const set = await home.run("former", "--no-output", "--timeout", "30s")
  assert.equal(set.limits.timeMs, 30_000)
  await home.import({ name: "graphic", command: "true", custom: { geartrain: { resources: { gpu: 1 } } } })
  assert.equal(codeOf(await home.gear(["run", "graphic", "--json"])), "CAPABILITY_MISSING")
})

test("a promised output has the type and the sensitivity of the promise; one that is missing fails the job", {
  skip,
}, async () => {
  const record = await home.run("former", "--no-output")
  const [mask] = record.outputs
  assert.deepEqual(
    [mask?.path, mask?.type, mask?.output, mask?.sensitivity],
    ["a_mask.txt", "mask", "mask", "personal"],
  )
  await home.import({
    name: "forgetful",
    command: "echo 1 > output/other.txt",
    custom: { geartrain: { outputs: { mask: { files: ["*_mask.txt"] } } } },
  })
  const failed = await home.run("forgetful", "--no-output")
  assert.deepEqual(
    [failed.state, failed.failure?.reason, failed.failure?.culprit],
    ["failed", "OUTPUT_MISSING", "gear"],
  )
  assert.match(failed.failure?.message ?? "", /did not write output "mask" \(\*_mask\.txt\)/)
  assert.equal(failed.failure?.evidence, 'it wrote "other.txt"')
  assert.equal(failed.outputs.length, 1)
})

test("the help has groups in their order, units and conditions", { skip }, async () => {
  const { out } = await home.gear(["run", "former", "--help"])
  const smoothing = out.indexOf("Smoothing: What blurs")
  assert.ok(smoothing !== -1 && smoothing < out.indexOf("--radius") && out.indexOf("--radius") < out.indexOf("--mode"))
  assert.ok(out.indexOf("--mode") < out.indexOf("More config") && out.indexOf("More config") < out.indexOf("--seed"))
  assert.match(out, /--radius NUMBER +Of the kernel \(in mm; counts only when mode is slow; default 2\)/)
  assert.match(out, /--seed INTEGER +advanced; default 1/)
  const page = await home.gear(["show", "former"])
  assert.match(page.out, /Outputs\n +mask +The mask \(\*_mask\.txt; mask; personal\)/)
})

test("a value without effect is told", { skip }, async () => {
  const result = await home.gear(["run", "former", "--radius", "3", "--no-output"])
  assert.match(result.err, /^warning config "radius" has no effect: it counts only when "mode" is "slow"$/m)
  const with_ = await home.gear(["run", "former", "--radius", "3", "--mode", "slow", "--no-output"])
  assert.doesNotMatch(with_.err, /warning/)
})

test("additions that cannot be followed are refused, with what would mend them", { skip }, async () => {
  const custom = { geartrain: { resources: { memory: "much" } } }
  makeBusyboxGear(join(home.folder, "wrong"), { name: "wrong", command: "true", custom })
  const refused = await home.gear(["import", "./wrong"])
  assert.match(refused.err, /\/custom\/geartrain\/resources\/memory: .*write a size such as 512m or 4g/)
  assert.notEqual(refused.code, 0)
  assert.equal((await home.gear(["import", "./wrong", "--force"])).code, 0)
  const result = await home.gear(["run", "wrong", "--no-output"])
  assert.equal(result.code, 125)
  assert.match(
    result.err,
    /^error MANIFEST_INVALID: .*its additions cannot be followed\n {2}\/custom\/geartrain\/resources\/memory: .*write a size such as 512m or 4g/,
  )
})
