import type { Template } from "./template.ts"

export const TEMPLATE_NAMES = ["bash", "python", "node", "r"] as const

export type TemplateName = (typeof TEMPLATE_NAMES)[number]

/** Loads a template, and no other. */
export async function loadTemplate(name: TemplateName): Promise<Template> {
  switch (name) {
    case "bash":
      return (await import("./templates/bash.ts")).bashTemplate
    case "python":
      return (await import("./templates/python.ts")).pythonTemplate
    case "node":
      return (await import("./templates/node.ts")).nodeTemplate
    case "r":
      return (await import("./templates/r.ts")).rTemplate
  }
}
