import type { ProviderCapabilities } from "@geartrain/ports"
import type { DoctorReport } from "../../compose/machine/examine-machine.ts"
import { formatCount, formatSize } from "../output/amounts.ts"
import { escapeText } from "../output/escape-text.ts"
import type { Paint } from "../output/paint.ts"
import { textTable } from "../output/text-table.ts"

/** What works on a machine: providers first, since without one nothing runs, each fault with what mends it. */
export function doctorPage(report: DoctorReport, paint: Paint): string[] {
  return [
    paint.bold("Providers, in the order in which they are chosen"),
    ...report.providers.flatMap((provider) => providerLines(provider, paint)),
    "",
    paint.bold("Tracers, for gear trace and gear slim"),
    ...report.tracers.flatMap((tracer) => tracerLines(tracer, paint)),
    "",
    paint.bold("Tools"),
    ...report.tools.flatMap((tool) => toolLines(tool, paint)),
    "",
    paint.bold("Store"),
    ...storeLines(report, paint),
    "",
    paint.bold("Machine"),
    `  ${machineLine(report)}`,
  ]
}

function providerLines(provider: DoctorReport["providers"][number], paint: Paint): string[] {
  const name = provider.name.padEnd(NAME_WIDTH)
  if (!provider.works) {
    return [
      `  ${paint.red("no ")} ${name} ${escapeText(provider.refused)}`,
      `      ${paint.cyan("→")} ${escapeText(provider.mend)}`,
    ]
  }
  const rows = capabilityRows(provider.capabilities).map(([what, value]) => [paint.dim(what), value])
  const facts = textTable([{ title: "" }, { title: "" }], rows).map((line) => `      ${line}`)
  return [`  ${paint.green("yes")} ${name} ${escapeText(provider.version)}`, ...facts]
}

const NAME_WIDTH = 12

function capabilityRows(capabilities: ProviderCapabilities): (readonly [string, string])[] {
  const { networks, limits, rootless, userMapping, measures } = capabilities
  return [
    ["network", networks.join(", ")],
    ["limits", limits.length === 0 ? "none" : limits.join(", ")],
    ["users", userMapping === "full" ? "any user of the gear" : "one user, whatever the gear asks for"],
    ["runs as", rootless ? "an ordinary user" : "root"],
    ["measures", MEASURES[measures]],
  ]
}

const MEASURES: Readonly<Record<ProviderCapabilities["measures"], string>> = {
  cgroup: "CPU and memory, counted by the kernel",
  sampled: "CPU and memory, read now and then, so that peaks may be missed",
  none: "nothing but time",
}

function tracerLines(tracer: DoctorReport["tracers"][number], paint: Paint): string[] {
  const name = tracer.name.padEnd(NAME_WIDTH)
  if (tracer.works) return [`  ${paint.green("yes")} ${name} ${escapeText(tracer.version)}`]
  return [
    `  ${paint.yellow("no ")} ${name} ${escapeText(tracer.refused)}`,
    `      ${paint.cyan("→")} ${escapeText(tracer.mend)}`,
  ]
}

function toolLines(tool: DoctorReport["tools"][number], paint: Paint): string[] {
  const name = tool.name.padEnd(NAME_WIDTH)
  if (tool.path !== undefined) return [`  ${paint.green("yes")} ${name} ${escapeText(tool.path)}`]
  return [
    `  ${paint.yellow("no ")} ${name} for ${tool.for}`,
    `      ${paint.cyan("→")} apt-get install ${tool.debianPackage}`,
  ]
}

function storeLines({ store }: DoctorReport, paint: Paint): string[] {
  if (store.problem === undefined) return [`  ${paint.green("yes")} ${escapeText(store.home)}`]
  const mend = store.mend === undefined ? [] : [`      ${paint.cyan("→")} ${escapeText(store.mend)}`]
  return [`  ${paint.red("no ")} ${escapeText(store.problem)}`, ...mend]
}

function machineLine({ host, versions }: DoctorReport): string {
  const who = host.root ? "root" : "an ordinary user"
  const machine = `${host.architecture}, Linux ${host.kernel}, ${formatCount(host.cpus, "CPU")}, ${formatSize(host.memoryBytes)}`
  return escapeText(`${machine}; as ${who}; gear ${versions.gear}, node ${versions.node}`)
}
