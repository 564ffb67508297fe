import assert from "node:assert/strict"
import { spawnSync } from "node:child_process"
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { after, describe, it } from "node:test"
import { CONTAINER_FIELDS, FILE_FIELDS } from "../src/gear/index.ts"

const MODULE = join(import.meta.dirname, "../python")
const skip = spawnSync("python3", ["--version"]).status === 0 ? false : "needs python3"

const CONFIG_JSON = {
  config: { threshold: 0.25, debug: false, names: ["é"] },
  inputs: {
    text: {
      base: "file",
      hierarchy: { type: "acquisition", id: "0" },
      location: { name: "a.txt", path: "/flywheel/v0/input/text/a.txt" },
      object: { type: "text", size: 8, tags: ["raw"] },
    },
    site: { base: "context", found: true, value: { name: "here" } },
    nowhere: { base: "context", found: false },
    key: { base: "api-key", key: "host:secret" },
  },
  destination: { type: "acquisition", id: "000000000000000000000000" },
}

describe("The Python module for gears", { skip }, () => {
  const folders: string[] = []
  after(() => folders.map((folder) => rmSync(folder, { recursive: true, force: true })))

  /** Runs the body of `with GearContext(…) as context:` in a gear folder of its own. */
  function inGear(...body: readonly string[]) {
    const folder = mkdtempSync(join(tmpdir(), "geartrain-python-"))
    folders.push(folder)
    mkdirSync(join(folder, "input/text"), { recursive: true })
    writeFileSync(join(folder, "input/text/a.txt"), "één twee\n")
    writeFileSync(join(folder, "config.json"), JSON.stringify(CONFIG_JSON))
    writeFileSync(join(folder, "manifest.json"), JSON.stringify({ name: "tried" }))
    const lines = [
      "import datetime, json, pathlib, sys",
      "from gear_context import GearContext, GearContextError, GearToolkitContext",
      `with GearContext(${JSON.stringify(folder)}) as context:`,
      ...body.map((line) => `    ${line}`),
    ]
    const env = { PATH: process.env["PATH"] ?? "", PYTHONPATH: MODULE, PYTHONDONTWRITEBYTECODE: "1", LC_ALL: "C" }
    const { status, stdout, stderr } = spawnSync("python3", ["-c", lines.join("\n")], { env, encoding: "utf8" })
    return { folder, status, stdout, stderr }
  }

  function refused(message: RegExp, ...body: readonly string[]): void {
    const { status, stderr } = inGear(...body)
    assert.equal(status, 1)
    assert.match(stderr.trim().split("\n").at(-1) ?? "", message)
  }

  it("gives config, inputs, contexts and folders", () => {
    const asked = [
      "context.config['threshold']",
      "context.destination['type']",
      "context.manifest['name']",
      "context.get_input('text')['base']",
      "context.get_input_filename('text')",
      "context.get_input_file_object('text')['size']",
      "context.get_input_file_object_value('text', 'tags')",
      "context.get_input('absent')",
      "context.get_input_path('absent')",
      "context.get_context_value('site')",
      "context.get_context_value('nowhere')",
      "context.config_json['inputs']['key']['key']",
      "pathlib.Path(context.get_input_path('text')).exists()",
      "context.output_dir.is_dir() and context.work_dir.is_dir()",
      "GearToolkitContext is GearContext",
    ]
    const { stdout, stderr } = inGear(`print(json.dumps([${asked.join(", ")}]))`)
    assert.equal(stderr, "")
    const site = { name: "here" }
    const known = ["file", "a.txt", 8, ["raw"], null, null, site, null, "host:secret", true, true, true]
    assert.deepEqual(JSON.parse(stdout), [0.25, "acquisition", "tried", ...known])
  })

  it("reads and writes UTF-8 whatever the locale is", () => {
    const { folder, stderr } = inGear(
      "with context.open_input('text') as file, context.open_output('copy.txt') as copy:",
      "    copy.write(file.read())",
      "with context.open_input('text', 'rb') as file, context.open_output('copy.bin', 'wb') as copy:",
      "    copy.write(file.read())",
    )
    assert.equal(stderr, "")
    for (const name of ["copy.txt", "copy.bin"]) {
      assert.equal(readFileSync(join(folder, "output", name), "utf8"), "één twee\n")
    }
  })

  it("collects metadata, and writes it whole when the block ends", () => {
    const { folder, stderr } = inGear(
      "context.update_file_metadata('a.nii', {'type': 'nifti'}, tags=['x'], info={'qc': {'snr': float('nan'), 'n': 1}})",
      "context.update_file_metadata(context.output_dir / 'a.nii', tags=['y', 'x'], info={'qc': {'n': 2}, 'at': datetime.date(2020, 1, 2)})",
      "context.update_file_metadata(context.get_input('text'), info={'ids': (1, 2), 'set': {3}})",
      "context.update_container_metadata('session', age=3)",
      "context.update_destination_metadata(label='done')",
    )
    assert.match(stderr, /info of file "a\.nii"\.qc\.snr is nan, which JSON cannot say; it becomes null/)
    assert.deepEqual(JSON.parse(readFileSync(join(folder, "output/.metadata.json"), "utf8")), {
      acquisition: {
        label: "done",
        files: [
          { name: "a.nii", type: "nifti", tags: ["x", "y"], info: { qc: { snr: null, n: 2 }, at: "2020-01-02" } },
          { name: "a.txt", info: { ids: [1, 2], set: [3] } },
        ],
      },
      session: { age: 3 },
    })
    assert.deepEqual(readdirSync(join(folder, "output")), [".metadata.json"])
  })

  it("takes sys.exit(0) for a good end, and writes nothing after a bad one", () => {
    const says = "context.update_file_metadata('a', type='text')"
    const good = inGear(says, "sys.exit(0)")
    assert.equal(good.status, 0)
    assert.deepEqual(readdirSync(join(good.folder, "output")), [".metadata.json"])
    for (const end of ["sys.exit(3)", "raise ValueError('no')"]) {
      const bad = inGear(says, end)
      assert.notEqual(bad.status, 0)
      assert.deepEqual(readdirSync(bad.folder).includes("output"), false)
    }
  })

  it("keeps the metadata that was there when it cannot write", () => {
    const { folder, status } = inGear(
      "(context.output_dir / '.metadata.json').write_text('{}')",
      "(context.output_dir / '.metadata.json.tmp').mkdir()",
      "context.update_file_metadata('a', type='text')",
    )
    assert.equal(status, 1)
    assert.equal(readFileSync(join(folder, "output/.metadata.json"), "utf8"), "{}")
  })

  it("refuses what cannot be, when it is said and by name", () => {
    refused(/Cannot open input "mask": it was not given; given are: key, nowhere, /, "context.open_input('mask')")
    refused(/Cannot find the file of input "key": it is of base api-key/, "context.get_input_path('key')")
    refused(/"group": containers are project/, "context.update_container_metadata('group', label='x')")
    refused(/file "a": it has no tag; it has: classification/, "context.update_file_metadata('a', tag=['x'])")
    refused(/info of file "a"\.f: a function cannot/, "context.update_file_metadata('a', info={'f': lambda: 1})")
    refused(/'a\/b' as the name of a result/, "context.open_output('a/b')")
    refused(/'\.\.' as the name of a result/, "context.open_output('..')")
    refused(/Cannot read ".*none\/config\.json": /, "GearContext('/none')")
  })

  it("logs the config and no key, and debug lines when the config says so", () => {
    const { stderr } = inGear(
      "context.init_logging()",
      "context.log_config()",
      "context.log.debug('hidden')",
      "context.init_logging('DEBUG')",
      "context.log.debug('shown')",
    )
    assert.match(stderr, /config threshold: 0\.25/)
    assert.match(stderr, /input key: api-key/)
    assert.match(stderr, /shown/)
    assert.doesNotMatch(stderr, /secret|hidden/)
  })

  it("knows the same members of files and containers as the rest of Geartrain", () => {
    const script = "import json, gear_context as g; print(json.dumps([g.FILE_FIELDS, g.CONTAINER_FIELDS]))"
    const env = { PATH: process.env["PATH"] ?? "", PYTHONPATH: MODULE, PYTHONDONTWRITEBYTECODE: "1" }
    const [file, containers] = JSON.parse(spawnSync("python3", ["-c", script], { env, encoding: "utf8" }).stdout)
    assert.deepEqual(file, FILE_FIELDS.toSorted())
    const known = Object.entries(CONTAINER_FIELDS).map(([level, fields]) => [level, fields.toSorted()])
    assert.deepEqual(containers, Object.fromEntries(known))
  })

  it("is written in the Python of 3.7, and needs nothing but it", () => {
    const script = [
      "import ast, sys",
      "newer = {'feature_version': (3, 7)} if sys.version_info >= (3, 8) else {}",
      "tree = ast.parse(open(sys.argv[1]).read(), **newer)",
      "print(' '.join(sorted(alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names)))",
      "assert not [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]",
    ]
    const { stdout, status } = spawnSync("python3", ["-c", script.join("\n"), join(MODULE, "gear_context.py")], {
      encoding: "utf8",
    })
    assert.equal(status, 0)
    assert.equal(stdout, "datetime json logging math os pathlib\n")
  })
})
