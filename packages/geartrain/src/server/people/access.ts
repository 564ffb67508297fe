import type { Queries } from "../database/database.ts"
import type { Caller, Right } from "./caller.ts"

/** What was asked for, for the audit: `file.download`, `job.submit` … and the thing it was asked of. */
export interface AccessRequest {
  readonly right: Right
  readonly project: string
  readonly action: string
  readonly target?: string
}

/**
 * The one place that says who may do what. Every room asks it before it touches a project's data, and nobody else decides; each answer is in
 * the audit.
 */
export interface Access {
  /**
   * Resolves when the caller has the right.
   *
   * @throws {GeartrainError} PROJECT_NOT_FOUND when there is no such project, or the caller may not even know that there is;
   *   NOT_PERMITTED when it may read it, and not do this.
   */
  need(caller: Caller, request: AccessRequest): Promise<void>
  /**
   * The same of many things of one project, decided once; each of them is in the audit.
   *
   * @throws {GeartrainError} What `need` throws, of the first.
   */
  needEach(
    caller: Caller,
    request: Omit<AccessRequest, "target"> & { readonly targets: readonly string[] },
  ): Promise<void>
  /** The same as a question, which is not audited: for lists, and for what a page offers. */
  may(caller: Caller, right: Right, project: string): Promise<boolean>
  /** Projects that the caller may read; `all` without looking at each. */
  readable(caller: Caller): Promise<"all" | readonly string[]>
  /**
   * @param target  What it is asked of, for the audit.
   * @throws {GeartrainError} NOT_PERMITTED
   */
  needSiteAdmin(caller: Caller, action: string, target?: string): Promise<void>
  /**
   * The same for looking at what ails the server, and for nothing else: where the audit cannot be written, on a full disk for one, an admin may
   * look all the same, for then they have to. The server's log has it instead, and the audit as soon as it can be written.
   *
   * @throws {GeartrainError} NOT_PERMITTED
   */
  needSiteAdminInTrouble(caller: Caller, action: "server.doctor"): Promise<void>
  /**
   * What concerns a whole group, such as a new project in it: what a right in a group gives, it gives in all its projects.
   *
   * @throws {GeartrainError} NOT_PERMITTED, also when there is no such group; but an admin of the site may do everything in none.
   */
  needGroup(
    caller: Caller,
    request: { readonly right: Right; readonly group: string; readonly action: string; readonly target?: string },
  ): Promise<void>
  /** The rights of a user as they are now: for what acts for somebody later, such as a rule. */
  callerFor(user: string, queries?: Queries): Promise<Caller | undefined>
}
