import { after, before, describe, it } from "node:test"
import { catalogueLaws, keepsLaws } from "@geartrain/ports/laws"
import { openRegistryCatalogue } from "../../../src/publishing/catalogues/registry/index.ts"
import { missing } from "../../images/support/foreign.ts"
import { type Running, startRegistry } from "../../images/support/registry-server.ts"
import { temporaryFolder } from "../../images/support/temporary-folder.ts"

describe("A catalogue in a registry", { skip: missing("docker-registry") }, () => {
  const folder = temporaryFolder({ after })
  let registry: Running
  let shelves = 0
  before(async () => {
    registry = await startRegistry(folder)
  })
  after(() => registry.stop())

  keepsLaws(it, "docker-registry", {
    laws: catalogueLaws,
    open: async () => {
      shelves += 1
      // A path of its own for each law, so that none sees another's gears.
      const port = openRegistryCatalogue({ host: registry.host, prefix: `law-${shelves}` })
      return { port, close: async () => {} }
    },
  })
})
