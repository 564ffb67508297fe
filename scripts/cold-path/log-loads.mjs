/** Preloaded by check-cold-path.ts: writes down every file and module of Node's that the program has loaded when it ends. */
import { writeFileSync } from "node:fs"
import { builtinModules, registerHooks } from "node:module"

const files = []

registerHooks({
  load(url, context, next) {
    if (url.startsWith("file:")) files.push(url)
    return next(url, context)
  },
})

process.on("exit", () => {
  const own = process.moduleLoadList.map((name) => name.replace(/^NativeModule /, ""))
  const builtins = own.filter((name) => builtinModules.includes(name) || builtinModules.includes(`node:${name}`))
  writeFileSync(process.env.GEARTRAIN_LOADS, JSON.stringify({ files, builtins }))
})
