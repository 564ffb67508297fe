import type { Digest } from "@geartrain/spec"
import type {
  AttemptName,
  ClaimedJob,
  FinishReply,
  FinishRequest,
  HeartbeatReply,
  HeartbeatRequest,
  HelloReply,
  HelloRequest,
  LogReply,
} from "@geartrain/spec/server"

/** Bytes on their way to the server: read again from the start when they have to be sent again. */
export interface BlobSource {
  readonly digest: Digest
  readonly sizeBytes: number
  read(): AsyncIterable<Uint8Array>
}

export interface AskOptions {
  readonly signal?: AbortSignal
}

/**
 * The server, as a runner sees it. Each method is one question. Asking again after a failure is the caller's business, and always safe.
 *
 * @throws {GeartrainError} SERVER_UNREACHABLE when nothing came back; SERVER_REPLY_UNREADABLE; else the server's own code, such as
 *   ATTEMPT_STALE.
 */
export interface RunnerServer {
  hello(request: HelloRequest, options?: AskOptions): Promise<HelloReply>
  /** Answers at once when there is something, and after `waitMs` with nothing. */
  claim(
    runner: string,
    wish: { readonly free: number; readonly waitMs: number },
    options?: AskOptions,
  ): Promise<readonly ClaimedJob[]>
  heartbeat(runner: string, report: HeartbeatRequest, options?: AskOptions): Promise<HeartbeatReply>
  /** What is said of one attempt. */
  attempt(runner: string, name: AttemptName): AttemptServer
  /** The server's blobs, as the attempt with this token may read and write them. */
  blobs(token: string): RemoteBlobs
}

export interface AttemptServer {
  finish(report: FinishRequest, options?: AskOptions): Promise<FinishReply>
  release(reason: string, options?: AskOptions): Promise<void>
  putLog(chunk: LogChunk, options?: AskOptions): Promise<LogReply>
}

export interface LogChunk {
  readonly n: number
  readonly bytes: Uint8Array
}

export interface RemoteBlobs {
  has(digest: Digest, options?: AskOptions): Promise<boolean>
  put(blob: BlobSource, options?: AskOptions): Promise<void>
  /** Bytes of a blob from `offset` on. The stream may break; what came is right as far as it goes. */
  get(digest: Digest, options: AskOptions & { readonly offset: number }): AsyncIterable<Uint8Array>
}
