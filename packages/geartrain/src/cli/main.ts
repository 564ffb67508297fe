import { enableCompileCache } from "node:module"
import { join } from "node:path"
import { cacheFolder } from "../settings/cache-folder.ts"
import { loadProgram } from "./load-program.ts"

// First of all, so that everything that follows is read from the cache. In a folder of the user's own: Node's default lies in /tmp, where
// another user could put a program of theirs.
enableCompileCache(join(cacheFolder(), "compiled"))

const { endWithCrash, runProgram } = await loadProgram()
const argv = process.argv.slice(2)
// Node itself would end with 1 here, which says *a definite no*.
process.on("uncaughtException", async (error) => process.exit(await endWithCrash(error, argv)))
process.exit(await runProgram(argv))
