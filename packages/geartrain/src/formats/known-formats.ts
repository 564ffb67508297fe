import { DICOM } from "./arrays/dicom.ts"
import { FITS } from "./arrays/fits.ts"
import { NIFTI } from "./arrays/nifti.ts"
import { NPY } from "./arrays/npy.ts"
import { GZIP } from "./containers/gzip.ts"
import { TAR } from "./containers/tar.ts"
import { ZIP } from "./containers/zip.ts"
import { ZSTD } from "./containers/zstd.ts"
import { PDF } from "./documents/pdf.ts"
import type { Format } from "./format.ts"
import { JSON_FORMAT } from "./kinds/json.ts"
import { CSV, TSV } from "./kinds/table.ts"
import { TEXT } from "./kinds/text.ts"
import { JPEG } from "./pictures/jpeg.ts"
import { PNG } from "./pictures/png.ts"
import { BAM } from "./sequences/bam/bam.ts"
import { SAM, VCF } from "./sequences/headed-text.ts"

/** Every format, the most particular first: a BAM is a gzip, and a VCF a text, too. */
export const FORMATS: readonly Format[] = [
  BAM,
  GZIP,
  ZSTD,
  ZIP,
  NIFTI,
  NPY,
  FITS,
  DICOM,
  PNG,
  JPEG,
  PDF,
  TAR,
  VCF,
  SAM,
  JSON_FORMAT,
  CSV,
  TSV,
  TEXT,
]
