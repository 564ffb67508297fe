import { resolve } from "node:path"

/** The folder of the checkout. */
export const TOP = resolve(import.meta.dirname, "..")
