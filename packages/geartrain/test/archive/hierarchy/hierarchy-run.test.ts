import assert from "node:assert/strict"
import { writeFileSync } from "node:fs"
import { mkdir } from "node:fs/promises"
import { join } from "node:path"
import { after, before, test } from "node:test"
import { type CliHome, openCliHome } from "../../cli/cli-home.ts"
import { codeOf, type GearResult, replyOf } from "../../cli/gear-process.ts"
import { busyboxMissing } from "../../programs/busybox-gear.ts"

const skip = busyboxMissing() ?? false

const PROJECT = `# A study of two
group: lab
project:
  label: Study
  info: {context: {license: P, atlas: aal}}
  subjects:
    - label: sub-01
      sessions:
        - label: ses-01 # the first
          info: {context: {license: S}}
          acquisitions:
            - label: T1w
              files:
                - path: scans/a.nii.gz
                  name: t1.nii.gz
                  modality: MR
                  classification: {Intent: [Structural]}
                  tags: [good]
                  info: {EchoTime: 0.03}
`

interface ConfigJson {
  readonly config: object
  readonly inputs: Readonly<Record<string, Readonly<Record<string, unknown>>>>
  readonly destination: { readonly type: string; readonly id: string }
  readonly job?: { readonly id: string }
}

let home: CliHome
before(async () => {
  if (skip !== false) return
  home = await openCliHome()
  await mkdir(join(home.folder, "scans"))
  await home.write("scans/a.nii.gz", "voxels")
  await home.write("project.yaml", PROJECT)
  await home.import({
    name: "teller",
    command: "cat config.json; echo out > output/mask.txt; printf '%s' \"$FW_CONFIG_SAYS\" > output/.metadata.json",
    inputs: {
      scan: { base: "file", type: { enum: ["nifti"] }, optional: true },
      license: { base: "context" },
      atlas: { base: "context" },
      none: { base: "context" },
    },
    config: { says: { type: "string", default: "{}" } },
    custom: { flywheel: { "show-job": true, uid: 1000, gid: 1000 } },
  })
  await home.import({ name: "keyed", command: "cat config.json", inputs: { "api-key": { base: "api-key" } } })
})
after(() => home?.close())

function configOf(result: GearResult): ConfigJson {
  assert.equal(result.code, 0, result.err)
  return JSON.parse(result.out)
}

const RUN = ["run", "teller", "--no-output", "--hierarchy", "project.yaml"]

test("a job that ran in no hierarchy, or for a place that was never made, is asked for its place", {
  skip,
}, async () => {
  const outside = await home.run("teller", "--no-output")
  const ask = ["metadata", outside.id, "--hierarchy", "project.yaml"]
  const refused = await home.gear([...ask, "--json"])
  assert.equal(codeOf(refused), "PLACE_NOT_FOUND")
  assert.match(refused.out, /it ran in no hierarchy.*--destination/)
  assert.equal((await home.gear([...ask, "--destination", "Study/sub-01"])).code, 0)
  const analysis = ["--hierarchy", "project.yaml", "--destination", "Study/sub-01/analyses/new"]
  const made = await home.run("teller", "--no-output", ...analysis)
  const later = await home.gear(["metadata", made.id, "--hierarchy", "project.yaml", "--json"])
  assert.match(later.out, /the place that it ran for is not in there.*--destination/)
  assert.equal((await home.gear(["metadata", made.id, ...analysis])).code, 0)
})

test("a gear sees its input, its contexts and its destination as on a platform", { skip }, async () => {
  const seen = configOf(await home.gear([...RUN, "--scan", "Study/sub-01/ses-01/T1w/t1.nii.gz"]))
  const { scan, license, atlas, none } = seen.inputs
  assert.deepEqual(seen.destination, scan?.["hierarchy"])
  assert.equal(seen.destination.type, "acquisition")
  assert.match(seen.destination.id, /^[0-9a-f]{24}$/)
  assert.deepEqual(scan?.["location"], { name: "t1.nii.gz", path: "/flywheel/v0/input/scan/t1.nii.gz" })
  assert.deepEqual(scan?.["object"], {
    info: { EchoTime: 0.03 },
    tags: ["good"],
    measurements: ["Structural"],
    classification: { Intent: ["Structural"] },
    mimetype: "application/gzip",
    type: "nifti",
    modality: "MR",
    size: 6,
  })
  assert.deepEqual(license, { base: "context", found: true, value: "S" })
  assert.deepEqual(atlas, { base: "context", found: true, value: "aal" })
  assert.deepEqual(none, { base: "context", found: false })
  assert.match(seen.job?.id ?? "", /^[0-9a-f]{24}$/)
})

test("the destination may be another place, and a path on disk is the same file", { skip }, async () => {
  const seen = configOf(
    await home.gear([
      ...RUN,
      "--scan",
      "./scans/a.nii.gz",
      "--destination",
      "Study/sub-01/analyses/first",
      "--context",
      'license="mine"',
    ]),
  )
  assert.equal(seen.destination.type, "analysis")
  assert.match(JSON.stringify(seen.inputs["scan"]), /"hierarchy":\{"type":"acquisition"/)
  assert.equal(seen.inputs["license"]?.["value"], "mine")
  const project = configOf(await home.gear(RUN))
  assert.equal(project.destination.type, "project")
  assert.equal(project.inputs["license"]?.["value"], "P")
})

test("a config.json of a platform says the destination, if the hierarchy has it", { skip }, async () => {
  const first = configOf(await home.gear([...RUN, "--destination", "Study/sub-01"]))
  await home.write("config.json", JSON.stringify({ config: {}, inputs: {}, destination: first.destination }))
  const seen = configOf(await home.gear([...RUN, "--config-json", "config.json"]))
  assert.deepEqual(seen.destination, first.destination)
  assert.equal(seen.destination.type, "subject")
})

test("a run in a hierarchy can be proved from its record alone", { skip }, async () => {
  const run = await home.run(
    "teller",
    "--no-output",
    "--hierarchy",
    "project.yaml",
    "--scan",
    "Study/sub-01/ses-01/T1w/t1.nii.gz",
  )
  assert.equal(run.invocation.inputs["scan"]?.base, "file")
  const verified = await home.gear(["verify", run.id])
  assert.equal(verified.code, 0, verified.err)
  assert.match(`${verified.out}${verified.err}`, /identical/)
})

test("what the job says is shown, and written only when that is asked for", { skip }, async () => {
  const says = {
    acquisition: { tags: ["seen"], files: [{ name: "mask.txt", info: { n: 1 } }] },
    session: { info: { qc: 2 } },
  }
  const args = [
    ...RUN.filter((word) => word !== "--no-output"),
    "--scan",
    "scans/a.nii.gz",
    "--says",
    JSON.stringify(says),
    "-o",
    "results",
  ]
  const shown = await home.gear(args)
  assert.equal(shown.code, 0, shown.err)
  assert.match(shown.err, /^lab\/Study\/sub-01\/ses-01 \(session\)\n {2}\+ {2}info\.qc {2,}2$/m)
  assert.match(shown.err, /^ {2}\+ {2}mask\.txt {2,}an output of the job$/m)
  assert.match(
    shown.err,
    /^Nothing is written to project\.yaml yet: gear metadata [0-9a-f]+ --hierarchy project\.yaml -o \.\/results --apply$/m,
  )
  assert.equal(await home.read("project.yaml"), PROJECT)
  const command = /: gear (metadata .*)$/m.exec(shown.err)?.[1] ?? ""
  const applied = await home.gear(command.split(" "))
  assert.equal(applied.code, 0, applied.err)
  const text = await home.read("project.yaml")
  assert.match(text, /- label: ses-01 # the first\n {10}info: \{context: \{license: S\}, qc: 2\}/)
  assert.match(text, /- path: results\/mask\.txt\n {18}type: text\n {18}info:\n {20}n: 1/)
  const again = await home.gear([...args.slice(0, -2), "--no-output"])
  assert.match(again.err, /mask\.txt {2,}the job's output, not "results\/mask\.txt"/)
  await home.write("project.yaml", PROJECT)
})

test("--apply writes at once, and --json has every change", { skip }, async () => {
  const says = JSON.stringify({ project: { info: { site: "north" }, label: "Other" } })
  const result = await home.gear([...RUN, "--json", "--apply", "--says", says])
  const { metadata } = replyOf(result)["data"] as { metadata: { applied: boolean; changes: { kind: string }[] } }
  assert.equal(metadata.applied, true)
  assert.deepEqual(
    metadata.changes.map(({ kind }) => kind),
    ["file", "kept", "set"],
  )
  assert.match(await home.read("project.yaml"), /site: north/)
  await home.write("project.yaml", PROJECT)
})

test("a hierarchy that was changed while the job ran is left alone, and the error names the job", {
  skip,
}, async () => {
  await home.import({
    name: "slow",
    command: `echo ready; sleep 2; echo '{"project": {"info": {"n": 1}}}' > output/.metadata.json`,
  })
  const result = await home.gear(["run", "slow", "--no-output", "--hierarchy", "project.yaml", "--apply"], {
    onOutput: ({ out }) => {
      if (out.includes("ready")) writeFileSync(join(home.folder, "project.yaml"), PROJECT.replace("aal", "other"))
    },
  })
  assert.match(result.err, /^error HIERARCHY_CHANGED: .*changed while the job ran; the job has ended as complete$/m)
  assert.match(result.err, /→ .*gear metadata [0-9a-f]{24} --hierarchy FILE --apply/)
  assert.equal(await home.read("project.yaml"), PROJECT.replace("aal", "other"))
  await home.write("project.yaml", PROJECT)
})

for (const [what, command, told] of [
  [
    "NaN",
    `echo '{"session": {"info": {"snr": NaN}}}' > output/.metadata.json`,
    /metadata\.json:1:\d+ NaN is no value in JSON/,
  ],
  ["20 MB", "head -c 20000000 /dev/zero > output/.metadata.json", /it has 20000000 bytes, and 16777216 are the most/],
  [
    "an unknown member of a file",
    `echo '{"acquisition": {"files": [{"name": "a", "instrument": "x"}]}}' > output/.metadata.json`,
    /"instrument" is not known of a file/,
  ],
  [
    "a link out of the folder",
    "ln -s /etc/passwd output/.metadata.json",
    /\.metadata\.json was not taken: it is a link to "\/etc\/passwd"/,
  ],
] as const) {
  test(`a job that wrote metadata with ${what} has failed, and its outputs are kept`, { skip }, async () => {
    const name = `bad-${what.toLowerCase().replaceAll(/[^a-z0-9]+/g, "-")}`
    await home.import({ name, command: `echo fine > output/result.txt; ${command}` })
    const record = await home.run(name, "--no-output")
    assert.deepEqual(
      [record.state, record.failure?.reason, record.failure?.culprit],
      ["failed", "METADATA_INVALID", "gear"],
    )
    assert.match(record.failure?.evidence ?? "", told)
    assert.ok(record.outputs.some((file) => file.path === "result.txt"))
    const before = await home.read("project.yaml")
    const applied = await home.gear([
      "metadata",
      record.id,
      "--hierarchy",
      "project.yaml",
      "--destination",
      "Study",
      "--apply",
      "--json",
    ])
    if (what !== "a link out of the folder") assert.equal(codeOf(applied), "METADATA_INVALID")
    assert.equal(await home.read("project.yaml"), before)
  })
}

test("what platforms pass over is a warning, and the job complete", { skip }, async () => {
  const result = await home.gear(["run", "teller", "--no-output", "--says", '{"sesion": {"info": {}}}'])
  assert.equal(result.code, 0, result.err)
  assert.match(
    result.err,
    /^warning \.metadata\.json:1:2 \/sesion: "sesion" is not known here, and is left out; rename it to "session"$/m,
  )
})

test("a key comes from a variable or a file, and is in no record, no log and no message", { skip }, async () => {
  await home.write("key.txt", "host:s3cret-value\n")
  for (const [args, env] of [
    [["--key-env", "api-key=MY_KEY"], { MY_KEY: "host:s3cret-value" }],
    [["--key-file", "api-key=key.txt"], {}],
  ] as const) {
    const seen = configOf(await home.gear(["run", "keyed", "--no-output", ...args], { env }))
    assert.deepEqual(seen.inputs["api-key"], { base: "api-key", key: "host:s3cret-value" })
    const shown = await home.gear(["show", "latest", "--json"])
    assert.doesNotMatch(shown.out, /s3cret/)
    const logs = await home.gear(["logs", "latest"])
    assert.doesNotMatch(logs.out, /s3cret/)
  }
  const unset = await home.gear(["run", "keyed", "--key-env", "api-key=NOT_SET"])
  assert.match(
    unset.err,
    /^error SECRET_UNREADABLE: Cannot read key "api-key" from the variable "NOT_SET": it is not set/,
  )
})

test("what cannot be is refused before anything runs", { skip }, async () => {
  await home.write("bad.yaml", "project:\n  lable: x\n")
  for (const [args, code] of [
    [["--hierarchy", "bad.yaml"], "HIERARCHY_INVALID"],
    [["--hierarchy", "none.yaml"], "HIERARCHY_INVALID"],
    [["--hierarchy", "project.yaml", "--destination", "Study/sub01"], "PLACE_NOT_FOUND"],
    [["--destination", "Study"], "USAGE"],
    [["--apply"], "USAGE"],
  ] as const) {
    const result = await home.gear(["run", "teller", "--no-output", "--json", ...args])
    assert.equal(result.code, 125, result.err)
    assert.equal(codeOf(result), code)
  }
})
