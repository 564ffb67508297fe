export type { JobResources } from "./job-resources.ts"
export type {
  AttemptName,
  AttemptOutcome,
  ClaimedInput,
  ClaimedJob,
  ClaimReply,
  ClaimRequest,
  FinishOutput,
  FinishReply,
  FinishRequest,
  HeartbeatReply,
  HeartbeatRequest,
  HeartbeatVerdict,
  HelloReply,
  HelloRequest,
  LogReply,
  ReleaseRequest,
  RunnerRest,
} from "./runner-protocol.ts"
export { explainWaiting, WAITING_REASONS, type WaitingReason } from "./waiting-reason.ts"
