#!/usr/bin/python3
"""Makes the data of the tests: an image of 8 x 8 x 8 voxels of 2 mm, and an atlas of three regions, as NIfTI-1."""
import gzip
import struct
from pathlib import Path

HERE = Path(__file__).parent
SIDE = 8


def main():
    voxels = [(x, y, z) for z in range(SIDE) for y in range(SIDE) for x in range(SIDE)]
    write("image.nii.gz", 16, 32, struct.pack(f"<{len(voxels)}f", *(x + 10 * y + 0.5 * z for x, y, z in voxels)))
    write("atlas.nii.gz", 4, 16, struct.pack(f"<{len(voxels)}h", *(region(x) for x, _, _ in voxels)))
    (HERE / "labels.txt").write_text("1 Left\n2 Middle\n3 Right\n")


def region(x):
    return 0 if x == 0 else 1 if x < 3 else 2 if x < 6 else 3


def write(name, datatype, bits, body):
    """A header as nifti1.h has it: 348 bytes, then four that say that there is no extension."""
    header = bytearray(352)
    struct.pack_into("<i", header, 0, 348)
    struct.pack_into("<8h", header, 40, 3, SIDE, SIDE, SIDE, 1, 1, 1, 1)
    struct.pack_into("<2h", header, 70, datatype, bits)
    struct.pack_into("<8f", header, 76, 1, 2, 2, 2, 0, 0, 0, 0)
    struct.pack_into("<f", header, 108, 352)
    struct.pack_into("<h", header, 254, 1)
    for row in range(3):
        struct.pack_into("<4f", header, 280 + 16 * row, *(2 if row == column else 0 for column in range(4)))
    header[344:348] = b"n+1\0"
    with open(HERE / name, "wb") as file, gzip.GzipFile("", "wb", 9, file, mtime=0) as packed:
        packed.write(bytes(header) + body)


main()
