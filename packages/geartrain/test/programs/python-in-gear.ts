import { execFileSync, spawnSync } from "node:child_process"
import { copyFileSync, cpSync, existsSync, mkdirSync, realpathSync, writeFileSync } from "node:fs"
import { basename, dirname, join } from "node:path"

/** Debian's own Python: others may be wrappers, or need what lies elsewhere. */
const PYTHON = "/usr/bin/python3"

export function pythonMissing(): string | undefined {
  const needs = "needs Debian's python3"
  return existsSync(PYTHON) && spawnSync(PYTHON, ["--version"]).status === 0 ? undefined : needs
}

/** What a small program needs of the library; the whole of it has 30 MB. */
const LEFT_OUT =
  /^(test|idlelib|tkinter|ensurepip|lib2to3|pydoc_data|distutils|turtledemo|__pycache__|config-.*|dist-packages)$/

/** Puts this machine's Python into the root filesystem of a gear, with its library and what it is linked to. */
export function addPython(root: string): void {
  const program = realpathSync(PYTHON)
  const library = execFileSync(program, ["-c", "import sysconfig; print(sysconfig.get_path('stdlib'))"], {
    encoding: "utf8",
  })
  cpSync(library.trim(), join(root, library.trim()), {
    recursive: true,
    dereference: true,
    filter: (path) => !LEFT_OUT.test(basename(path)),
  })
  const linked = execFileSync("ldd", [program], { encoding: "utf8" }).match(/\/\S+/g) ?? []
  for (const path of linked) {
    mkdirSync(join(root, dirname(path)), { recursive: true })
    copyFileSync(path, join(root, path))
  }
  mkdirSync(join(root, "usr/bin"), { recursive: true })
  copyFileSync(program, join(root, "usr/bin/python3"))
}

/** Writes the gear's own program beside its manifest. */
export function addProgram(root: string, name: string, lines: readonly string[]): void {
  writeFileSync(join(root, "flywheel/v0", name), `${lines.join("\n")}\n`, { mode: 0o755 })
}
