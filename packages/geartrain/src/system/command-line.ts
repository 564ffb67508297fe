/**
 * Node's parser of command lines. `import "node:util"` would get all that the module offers ready, what compares and colours too: some
 * milliseconds at every start of a command.
 */
export const { parseArgs } = process.getBuiltinModule("node:util")
