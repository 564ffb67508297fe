import { type ArgumentTest, DENIALS, ERRNO } from "./profile.ts"
import { ARCHITECTURES, type Architecture } from "./syscalls.ts"

/** `linux.seccomp` of an OCI bundle. @see OCI runtime specification 1.0.2, config-linux.md, "Seccomp" */
export interface OciSeccomp {
  readonly defaultAction: "SCMP_ACT_ALLOW"
  readonly architectures: readonly string[]
  readonly syscalls: readonly OciSyscall[]
}

interface OciSyscall {
  readonly names: readonly string[]
  readonly action: "SCMP_ACT_ERRNO"
  readonly errnoRet: number
  readonly args?: readonly [OciArgument]
}

interface OciArgument {
  readonly index: number
  readonly op: "SCMP_CMP_MASKED_EQ" | "SCMP_CMP_GE"
  readonly value: number
  readonly valueTwo?: number
}

/**
 * The profile as OCI runtimes take it. Each test of an argument becomes a rule of its own, since the tests within one rule have to hold all.
 *
 * Naming the machine's own architecture only makes libseccomp kill programs of any other.
 */
export function ociSeccomp(architecture: Architecture): OciSeccomp {
  return {
    defaultAction: "SCMP_ACT_ALLOW",
    architectures: [ARCHITECTURES[architecture].oci],
    syscalls: DENIALS.flatMap(({ calls, refusal, when }) => {
      const rule = { names: calls, action: "SCMP_ACT_ERRNO", errnoRet: ERRNO[refusal] } as const
      return when === undefined
        ? [rule]
        : when.flatMap(argumentsOf).map((argument) => ({ ...rule, args: [argument] as const }))
    }),
  }
}

function argumentsOf(test: ArgumentTest): readonly OciArgument[] {
  const index = test.argument
  if ("equals" in test) return [{ index, op: "SCMP_CMP_MASKED_EQ", value: 0xffff_ffff, valueTwo: test.equals }]
  // All 64 bits: what is set above the lower 32 makes the number greater, and so is refused as well.
  if ("atLeast" in test) return [{ index, op: "SCMP_CMP_GE", value: test.atLeast }]
  return bitsOf(test.hasAnyOf).map((bit) => ({ index, op: "SCMP_CMP_MASKED_EQ", value: bit, valueTwo: bit }))
}

function bitsOf(mask: number): readonly number[] {
  return Array.from({ length: 32 }, (_, place) => 2 ** place).filter((bit) => Math.floor(mask / bit) % 2 === 1)
}
