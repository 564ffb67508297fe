export type { BlobDescriptor, BlobStore } from "./blob-store.ts"
export type { ArtifactDescriptor, ArtifactManifest, CatalogueBackend, ManifestOptions } from "./catalogue-backend.ts"
export type { ImageTree, TreeScan } from "./image-tree.ts"
export type {
  Box,
  BoxConstraint,
  BoxExit,
  BoxLimit,
  BoxMount,
  BoxUsage,
  Container,
  Provider,
  ProviderCapabilities,
  RootFilesystem,
  RootForm,
} from "./provider.ts"
export type {
  CollectedThings,
  CollectionGuard,
  CollectionMarks,
  FreedBlob,
  JobFigures,
  JobHistory,
  JobOwner,
  JobQuery,
  JobStore,
  JobSummary,
  RecordStore,
  Referenced,
  WriteLease,
} from "./record-store.ts"
export type { RootStore, StoredRoot } from "./root-store.ts"
export type { TraceAction, TraceEvent, TracePlan, Tracer, TracerCapabilities } from "./tracer.ts"
export type { TreeView, ViewedEntry } from "./tree-view.ts"
