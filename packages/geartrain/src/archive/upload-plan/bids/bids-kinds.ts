import type { JsonObject } from "@geartrain/spec"
import type { BidsName } from "./bids-name.ts"

/** Modality and classification by folder and suffix, in the words of archives. */
export function kindFields(datatype: string, { suffix, extension }: BidsName): JsonObject {
  const modality = MODALITIES.get(datatype)
  if (modality === undefined || /^\.(json|tsv|txt|html|pdf|bval|bvec)$/.test(extension)) return {}
  const words = CLASSIFICATIONS.get(`${datatype}/${suffix}`) ?? CLASSIFICATIONS.get(datatype)
  if (modality !== "MR" || words === undefined) return { modality }
  const [intent, measurement] = words
  const measured = measurement === undefined ? {} : { Measurement: [measurement] }
  return { modality, classification: { Intent: [intent], ...measured } }
}

/** @see DICOM PS3.3, C.7.3.1.1.1: Modality; BIDS 1.10, "Data type" */
const MODALITIES: ReadonlyMap<string, string> = new Map(
  Object.entries({
    anat: "MR",
    func: "MR",
    dwi: "MR",
    fmap: "MR",
    perf: "MR",
    mrs: "MR",
    pet: "PT",
    eeg: "EEG",
    ieeg: "EEG",
    meg: "MEG",
    micr: "SM",
  }),
)

/** @see flywheel-io/core v10, the modality MR and its classification */
const CLASSIFICATIONS: ReadonlyMap<string, readonly [intent: string, measurement?: string]> = new Map(
  Object.entries({
    anat: ["Structural"],
    "anat/T1w": ["Structural", "T1"],
    "anat/MP2RAGE": ["Structural", "T1"],
    "anat/T2w": ["Structural", "T2"],
    "anat/FLAIR": ["Structural", "T2"],
    "anat/T2star": ["Structural", "T2*"],
    "anat/T2starw": ["Structural", "T2*"],
    "anat/PDw": ["Structural", "PD"],
    func: ["Functional"],
    "func/bold": ["Functional", "T2*"],
    "func/sbref": ["Functional", "T2*"],
    dwi: ["Structural", "Diffusion"],
    fmap: ["Fieldmap"],
    "fmap/phasediff": ["Fieldmap", "B0"],
    "fmap/fieldmap": ["Fieldmap", "B0"],
    perf: ["Functional", "Perfusion"],
    mrs: ["Spectroscopy", "Spectroscopy"],
  }),
)
