import { enableCompileCache, getCompileCacheDir } from "node:module"
import { join } from "node:path"
import { cacheFolder } from "../settings/cache-folder.ts"
import { loadProgram } from "./load-program.ts"

// First of all, so that everything that follows is read from the cache. In a folder of the user's own: Node's default lies in /tmp, where
// another user could put a program of theirs.
enableCompileCache(join(cacheFolder(), "compiled"))

const { endWithCrash, runProgram, keepCode } = await loadProgram(getCompileCacheDir())
const argv = process.argv.slice(2)
// Node itself would end with 1 here, which says *a definite no*.
process.on("uncaughtException", async (error) => process.exit(await endWithCrash(error, argv)))
const exitCode = await runProgram(argv)
// One that ended early says little about what others will call.
if (exitCode === 0) keepCode?.()
process.exit(exitCode)
