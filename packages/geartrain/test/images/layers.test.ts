import assert from "node:assert/strict"
import { describe, it } from "node:test"
import { gzipSync, zstdCompressSync } from "node:zlib"
import type { ErrorCode } from "@geartrain/spec"
import { digestOf, json, makeOciArchive, ociArchive, type TestImage } from "./support/make-image.ts"
import { makeTar, type TestEntry } from "./support/make-tar.ts"
import { bytesOf, listingOf, pathsOf, refusal, scanImage, type TestOptions, withImage } from "./support/read-image.ts"

const folder = (path: string, mode = 0o755): TestEntry => ({ path, type: "folder", mode })
const link = (path: string, target: string): TestEntry => ({ path, type: "link", target })
const layers = (...all: readonly (readonly TestEntry[])[]): Buffer =>
  ociArchive(...all.map((entries) => makeTar(entries)))

async function refused(image: Uint8Array, code: ErrorCode, words: RegExp, options: TestOptions = {}): Promise<void> {
  const error = await refusal(image, options)
  assert.equal(error.code, code, error.message)
  assert.match(error.message, words)
}

describe("A whiteout", () => {
  it("takes away a file, a link or a whole folder of the layers below", async () => {
    const image = layers(
      [folder("d"), { path: "d/e/f" }, { path: "gone" }, { path: "stays" }, link("l", "stays")],
      [{ path: ".wh.d" }, { path: ".wh.gone" }, { path: ".wh.l" }],
    )
    assert.deepEqual(await pathsOf(image), ["stays"])
  })

  it("takes away nothing that its own layer brings, wherever it stands in it", async () => {
    const below: TestEntry[] = [folder("d"), { path: "d/old" }, { path: "f", body: "old" }]
    const parts: TestEntry[][] = [
      [{ path: ".wh.d" }, { path: ".wh.f" }],
      [folder("d"), { path: "d/new" }, { path: "f", body: "new" }],
    ]
    const [first = "", second = ""] = await Promise.all(
      [parts, parts.toReversed()].map((order) => listingOf(layers(below, order.flat()))),
    )
    assert.equal(first, second)
    assert.match(first, /"d\/new"/)
    assert.doesNotMatch(first, /"d\/old"/)
    assert.match(first, new RegExp(digestOf(Buffer.from("new")).slice(7)))
  })

  it("leaves a folder in whose place the layer has put another one without saying so, with plain attributes", async () => {
    const listing = await listingOf(
      layers([folder("d", 0o700), { path: "d/old" }], [{ path: "d/new" }, { path: ".wh.d" }]),
    )
    assert.match(listing, /\["d","d",493,0,0\]\n\["d\/new"/)
    assert.doesNotMatch(listing, /old/)
  })

  it("of something that is not there is nothing", async () => {
    const image = layers([{ path: "a" }], [{ path: ".wh.b" }, { path: "x/y/.wh.z" }, { path: "a/.wh.b" }])
    assert.deepEqual(await pathsOf(image), ["a"])
  })

  it("takes a name away that a later layer may give again", async () => {
    const image = layers(
      [{ path: "d/a", body: "1" }],
      [{ path: ".wh.d" }],
      [{ path: "d/b" }],
      [{ path: "d/.wh.b" }, { path: "d/a", body: "2" }],
    )
    assert.deepEqual(await pathsOf(image), ["d", "d/a"])
  })

  it("leaves the other names of a file alone", async () => {
    const hard: TestEntry = { path: "other", type: "hard-link", target: "one" }
    const image = layers([{ path: "one", body: "body" }], [hard], [{ path: ".wh.one" }])
    assert.deepEqual(await pathsOf(image), ["other"])
    const tar = await withImage(image, (opened, scan) => bytesOf(opened.tar(scan)))
    assert.equal((await scanImage(tar)).tree, (await scanImage(image)).tree)
  })

  it("that is opaque empties a folder of what the layers below have in it, wherever it stands", async () => {
    const below: TestEntry[] = [folder("d", 0o711), { path: "d/a" }, { path: "d/e/b" }]
    const opaque = { path: "d/.wh..wh..opq" }
    const added: TestEntry[] = [{ path: "d/c" }, { path: "d/e/g" }]
    for (const layer of [
      [opaque, ...added],
      [...added, opaque],
    ]) {
      const listing = await listingOf(layers(below, layer))
      assert.deepEqual(listing.match(/^\["[^"]+"/gm), ['["d"', '["d/c"', '["d/e"', '["d/e/g"'])
      assert.match(listing, /\["d","d",457,0,0\]/)
    }
    assert.deepEqual(await pathsOf(layers([{ path: "a" }], [{ path: ".wh..wh..opq" }, { path: "b" }])), ["b"])
  })

  it("takes away a folder that its layer makes opaque too", async () => {
    const below: TestEntry[] = [folder("d"), { path: "d/a" }]
    for (const layer of [
      ["d/.wh..wh..opq", ".wh.d"],
      [".wh.d", "d/.wh..wh..opq"],
    ]) {
      assert.deepEqual(
        await pathsOf(
          layers(
            below,
            layer.map((path) => ({ path })),
          ),
        ),
        [],
      )
    }
  })

  it("of aufs's own kind is passed over", async () => {
    const image = layers(
      [{ path: "a" }],
      [folder(".wh..wh.plnk"), { path: ".wh..wh.plnk/1.2" }, { path: ".wh..wh.aufs" }],
    )
    assert.deepEqual(await pathsOf(image), ["a"])
  })

  it("that hides nothing that there could be is refused", async () => {
    for (const path of ["a/.wh.", ".wh..", ".wh...", ".wh.d/x"]) {
      await refused(layers([{ path }]), "IMAGE_NAME_INVALID", /layer 1 of 1: entry .* hides nothing/)
    }
  })
})

describe("A layer", () => {
  it("puts anything in the place of anything", async () => {
    const image = layers(
      [{ path: "file" }, folder("folder"), { path: "folder/x" }, link("link", "folder")],
      [folder("file"), { path: "file/y" }, link("folder", "file"), { path: "link", body: "z" }],
    )
    assert.deepEqual(await pathsOf(image), ["file", "file/y", "folder", "link"])
    assert.match(await listingOf(image), /\["folder","l",0,0,"file"\]/)
  })

  it("changes the attributes of a folder and keeps what is in it", async () => {
    const listing = await listingOf(layers([folder("d", 0o700), { path: "d/x" }], [folder("d", 0o1777)]))
    assert.match(listing, /\["d","d",1023,0,0\]\n\["d\/x"/)
  })

  it("leaves the other names of a file that it changes as they were", async () => {
    const listing = await listingOf(
      layers(
        [
          { path: "a", body: "old" },
          { path: "b", type: "hard-link", target: "a" },
        ],
        [{ path: "a", body: "new" }],
      ),
    )
    assert.match(listing, new RegExp(`"a","f",420,0,0,"${digestOf(Buffer.from("new")).slice(7)}`))
    assert.match(listing, new RegExp(`"b","f",420,0,0,"${digestOf(Buffer.from("old")).slice(7)}`))
  })

  it("may write through links of any layer, and never gets out of the tree", async () => {
    const image = layers(
      [
        folder("usr/lib"),
        link("lib", "usr/lib"),
        link("up", "../../../.."),
        link("far", "/opt/there"),
        link("two", "lib"),
      ],
      [
        { path: "lib/one" },
        { path: "up/top" },
        { path: "far/away" },
        { path: "two/more" },
        { path: "hard", type: "hard-link", target: "lib/one" },
      ],
    )
    const paths = await pathsOf(image)
    assert.deepEqual(
      paths.filter((path) => !["far", "lib", "two", "up", "usr"].includes(path)),
      ["hard", "opt", "opt/there", "opt/there/away", "top", "usr/lib", "usr/lib/more", "usr/lib/one"],
    )
  })

  it("takes a folder entry in the place of a link as a folder of its own, as umoci and docker do", async () => {
    const image = layers(
      [folder("usr/lib"), { path: "usr/lib/x" }, link("lib", "usr/lib")],
      [folder("lib"), { path: "lib/y" }],
    )
    assert.deepEqual(await pathsOf(image), ["lib", "lib/y", "usr", "usr/lib", "usr/lib/x"])
  })

  it("that goes through links in a circle, or through a file, is refused", async () => {
    await refused(
      layers([link("a", "b"), link("b", "a")], [{ path: "a/x" }]),
      "IMAGE_PATH_THROUGH_LINK",
      /links go round in a circle/,
    )
    await refused(
      layers([{ path: "a" }], [{ path: "a/x" }]),
      "IMAGE_PATH_THROUGH_LINK",
      /layer 2 of 2: .*lies in "a", which is no folder/,
    )
  })

  it("that goes through targets of a thousand names is refused, since each entry would take so long", async () => {
    const target = "a/../".repeat(600)
    await refused(
      layers([folder("a"), link("l", target)], [{ path: "l/x" }]),
      "IMAGE_PATH_THROUGH_LINK",
      /links go round in a circle/,
    )
  })

  it("that goes deep through links is held to the depth of the tree", async () => {
    const deep = "d/".repeat(200)
    await refused(
      layers([folder(deep), link("s", deep)], [{ path: `s/${"e/".repeat(100)}f` }]),
      "IMAGE_NAME_TOO_LONG",
      /deep/,
    )
  })

  it("may have names that begin with a slash, which means the root", async () => {
    assert.deepEqual(await pathsOf(layers([{ path: "/a/b" }, { path: "/c", type: "hard-link", target: "/a/b" }])), [
      "a",
      "a/b",
      "c",
    ])
  })

  it("is refused for names that go up, or are there twice", async () => {
    await refused(layers([{ path: "a" }], [{ path: "../b" }]), "IMAGE_PATH_OUTSIDE", /layer 2 of 2: entry "..\/b"/)
    await refused(layers([{ path: "a" }, { path: "a" }]), "IMAGE_ENTRY_TWICE", /layer 1 of 1/)
    await refused(
      layers([folder("d"), { path: "d/x" }], [{ path: "d/y" }, { path: "d" }]),
      "IMAGE_ENTRY_TWICE",
      /something else too/,
    )
  })

  it("may be empty, or end without a marker, since its digest vouches for it", async () => {
    const unmarked = makeTar([{ path: "b" }], { end: Buffer.alloc(0) })
    assert.deepEqual(await pathsOf(ociArchive(makeTar([{ path: "a" }]), Buffer.alloc(0), unmarked)), ["a", "b"])
  })

  it("may be packed with gzip or zstd, in many frames", async () => {
    const tar = makeTar([{ path: "a", body: "x".repeat(5000) }, { path: "b" }])
    const cut = [0, 1, 700, 1500, tar.length].map((end, index, all) => tar.subarray(all[index - 1] ?? 0, end))
    const skippable = Buffer.from([0x50, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 1, 2, 3])
    const packings = [
      gzipSync(tar),
      zstdCompressSync(tar),
      Buffer.concat(cut.map((part) => gzipSync(part))),
      Buffer.concat([...cut.map((part) => zstdCompressSync(part)), skippable]),
    ]
    for (const packed of packings) {
      assert.deepEqual(await pathsOf(makeOciArchive([{ layers: [{ tar, packed }] }])), ["a", "b"])
    }
  })
})

describe("The files of the second pass", () => {
  it("are those of all layers that the tree shows, however the layers hide and link them", async () => {
    const image = layers(
      [
        { path: "a", body: "1" },
        { path: "b", body: "2" },
        { path: "d/c", body: "3" },
        { path: "d/e", body: "" },
      ],
      [
        { path: ".wh.a" },
        { path: "d/x", type: "hard-link", target: "b" },
        { path: "d/c", body: "4" },
        { path: ".wh.none", body: "what for" },
      ],
      [
        { path: "b", body: "5" },
        { path: "a", type: "hard-link", target: "d/c" },
      ],
    )
    const tar = await withImage(image, (opened, scan) => bytesOf(opened.tar(scan)))
    assert.equal(await listingOf(tar), await listingOf(image))
  })
})

describe("An image in layers is refused", () => {
  const tar = makeTar([{ path: "a", body: "true" }])
  const other = makeTar([{ path: "a", body: "lies" }])
  const one: TestImage = { layers: [{ tar }] }

  it("when a layer has another digest than the image says", async () => {
    const lying = makeOciArchive([one], (blobs) => blobs.set(digestOf(tar), other))
    await refused(
      lying,
      "IMAGE_LAYER_DIGEST_MISMATCH",
      /layer 1 of 1: its bytes have the digest sha256:[0-9a-f]{64}, and the image says/,
    )
    const damaged = Buffer.from(tar)
    damaged.fill(7, 0, 100)
    const unreadable = makeOciArchive([one], (blobs) => blobs.set(digestOf(tar), damaged))
    await refused(unreadable, "IMAGE_LAYER_DIGEST_MISMATCH", /its bytes have the digest/)
  })

  it("when a layer unpacks to something else than its config says", async () => {
    const image = makeOciArchive([{ layers: [{ tar, packed: gzipSync(other), diffId: digestOf(tar) }] }])
    await refused(image, "IMAGE_LAYER_DIGEST_MISMATCH", /its unpacked bytes have the digest/)
  })

  it("when a part has another size, or is missing", async () => {
    const longer = makeOciArchive([one], (blobs) => blobs.set(digestOf(tar), Buffer.concat([tar, Buffer.alloc(512)])))
    await refused(
      longer,
      "IMAGE_LAYER_DIGEST_MISMATCH",
      /has 3072 bytes, and the image says 2560|bytes, and the image says/,
    )
    const missing = makeOciArchive([one], (blobs) => blobs.delete(digestOf(tar)))
    await refused(missing, "IMAGE_BLOB_MISSING", /its part sha256:[0-9a-f]{64} is not there/)
  })

  it("when its manifest or config was changed", async () => {
    for (const type of ["layers", "rootfs"]) {
      const image = makeOciArchive([one], (blobs) => {
        for (const [digest, body] of blobs)
          if (body.toString().includes(`"${type}"`)) blobs.set(digest, Buffer.from(`${body} `))
      })
      await refused(image, "IMAGE_LAYER_DIGEST_MISMATCH", /have the digest/)
    }
  })

  it("when its manifest makes no sense", async () => {
    const changed = (changeManifest: TestImage["changeManifest"]): Buffer =>
      makeOciArchive([{ ...one, ...(changeManifest === undefined ? {} : { changeManifest }) }])
    const cases: [NonNullable<TestImage["changeManifest"]>, RegExp][] = [
      [() => [], /no JSON object/],
      [(manifest) => ({ ...manifest, schemaVersion: 1 }), /not of schema version 2/],
      [(manifest) => ({ ...manifest, layers: "none" }), /layers is no JSON array/],
      [(manifest) => ({ ...manifest, layers: [] }), /it has 0 layers, and its config names 1/],
      [
        (manifest) => ({
          ...manifest,
          config: { ...manifest.config, mediaType: "application/vnd.cncf.helm.config.v1+json" },
        }),
        /which is no container image/,
      ],
      [
        (manifest) => ({ ...manifest, layers: [{ ...manifest.layers[0], digest: "md5:abc" }] }),
        /"md5:abc", which is no sha256/,
      ],
      [
        (manifest) => ({ ...manifest, layers: [{ ...manifest.layers[0], digest: "sha256:../../etc" }] }),
        /which is no sha256/,
      ],
      [(manifest) => ({ ...manifest, layers: [{ ...manifest.layers[0], size: -1 }] }), /the size -1/],
      [
        (manifest) => ({ ...manifest, config: { ...manifest.config, size: 5_000_000 } }),
        /has 5000000 bytes, and may have/,
      ],
    ]
    for (const [change, words] of cases) await refused(changed(change), "IMAGE_MANIFEST_INVALID", words)
  })

  it("when its documents are no JSON, or it has none", async () => {
    const archive = (index: string): Buffer =>
      makeTar([
        { path: "oci-layout", body: "{}" },
        { path: "index.json", body: index },
      ])
    await refused(archive("{"), "IMAGE_MANIFEST_INVALID", /it is no JSON/)
    await refused(archive('{"schemaVersion":2,"manifests":[]}'), "IMAGE_NOT_FOUND", /it holds no image/)
    const docker = (manifest: string): Buffer => makeTar([{ path: "manifest.json", body: manifest }])
    await refused(docker("[]"), "IMAGE_NOT_FOUND", /it holds no image/)
    await refused(docker("{}"), "IMAGE_MANIFEST_INVALID", /no JSON array/)
    await refused(docker('[{"Config":5}]'), "IMAGE_MANIFEST_INVALID", /has no Config/)
    await refused(docker('[{"Config":"a.json","Layers":[1]}]'), "IMAGE_MANIFEST_INVALID", /a layer in it is no path/)
    await refused(
      docker('[{"Config":"../a.json","Layers":[]}]'),
      "IMAGE_BLOB_MISSING",
      /its part "..\/a.json" is not there/,
    )
  })

  it("when indexes lead to indexes without end", async () => {
    let inner = json({ schemaVersion: 2, manifests: [] })
    const blobs: { path: string; body: Buffer }[] = []
    for (let depth = 0; depth < 6; depth++) {
      blobs.push({ path: `blobs/sha256/${digestOf(inner).slice(7)}`, body: inner })
      inner = json({
        schemaVersion: 2,
        manifests: [
          { mediaType: "application/vnd.oci.image.index.v1+json", digest: digestOf(inner), size: inner.length },
        ],
      })
    }
    const image = makeTar([{ path: "oci-layout", body: "{}" }, { path: "index.json", body: inner }, ...blobs])
    await refused(image, "IMAGE_MANIFEST_INVALID", /indexes without end/)
  })

  it("when it has too many layers", async () => {
    const many = Array.from({ length: 11 }, () => ({ tar: makeTar([]) }))
    await refused(makeOciArchive([{ layers: many }]), "IMAGE_TOO_LARGE", /has 11 layers, and may have 10/, {
      limits: { maxLayers: 10 },
    })
  })

  it("when all layers together have too many entries or bytes", async () => {
    const image = layers([{ path: "a", body: "x".repeat(600) }], [{ path: "a", body: "x".repeat(600) }])
    await refused(image, "IMAGE_TOO_MANY_ENTRIES", /more than 1 entries/, { limits: { maxEntries: 1 } })
    await refused(image, "IMAGE_TOO_LARGE", /above 1000 bytes/, {
      limits: { maxUnpackedBytes: 1000, freeBytes: 100_000 },
    })
  })

  it("when a file of its archive is there twice", async () => {
    const image = makeTar([
      { path: "manifest.json", body: "[]" },
      { path: "manifest.json", body: "[]" },
    ])
    await refused(image, "IMAGE_ENTRY_TWICE", /"manifest.json"/)
  })
})

describe("An image for several platforms", () => {
  const make = (platform: NonNullable<TestImage["platform"]>): TestImage => ({
    platform,
    layers: [{ tar: makeTar([{ path: `${platform.architecture}${platform.variant ?? ""}` }]) }],
  })
  const both = makeOciArchive([
    make({ os: "linux", architecture: "amd64" }),
    make({ os: "linux", architecture: "arm64" }),
    make({ os: "linux", architecture: "arm", variant: "v6" }),
    make({ os: "linux", architecture: "arm", variant: "v7" }),
    make({ os: "unknown", architecture: "unknown" }),
  ])

  it("gives the one that is asked for", async () => {
    for (const [platform, path] of [
      ["linux/amd64", "amd64"],
      ["linux/arm64", "arm64"],
      ["linux/arm/v7", "armv7"],
    ]) {
      assert.deepEqual(await pathsOf(both, { platform: platform ?? "" }), [path])
    }
  })

  it("is refused when it is for others only, or when several fit", async () => {
    await refused(both, "IMAGE_PLATFORM_MISSING", /linux\/s390x/, { platform: "linux/s390x" })
    await refused(both, "IMAGE_AMBIGUOUS", /holds 2 images/, { platform: "linux/arm" })
    const foreign = makeOciArchive([make({ os: "linux", architecture: "s390x" })])
    await refused(foreign, "IMAGE_PLATFORM_MISSING", /it is for linux\/s390x, and wanted is linux\/amd64/, {
      platform: "linux/amd64",
    })
  })

  it("that is for one platform only is taken, whatever this machine is", async () => {
    assert.deepEqual(await pathsOf(makeOciArchive([make({ os: "linux", architecture: "s390x" })])), ["s390x"])
  })
})

describe("The platform of a tree", () => {
  const elf = (machine: number, order = 1): Buffer => {
    const header = Buffer.alloc(64)
    header.write("\x7fELF", "latin1")
    header[5] = order
    if (order === 1) header.writeUInt16LE(machine, 18)
    else header.writeUInt16BE(machine, 18)
    return header
  }
  const platformOf = async (...entries: readonly TestEntry[]): Promise<string | undefined> =>
    (await scanImage(makeTar(entries))).platform

  it("is that of its shell, found through links", async () => {
    assert.equal(await platformOf({ path: "bin/sh", body: elf(62) }), "linux/amd64")
    assert.equal(
      await platformOf(link("bin", "usr/bin"), link("usr/bin/sh", "/usr/bin/dash"), {
        path: "usr/bin/dash",
        body: elf(183),
      }),
      "linux/arm64",
    )
    assert.equal(
      await platformOf({ path: "bin/bash", body: elf(22, 2) }, { path: "bin/x", mode: 0o755, body: elf(62) }),
      "linux/s390x",
    )
    assert.equal(await platformOf({ path: "bin/sh", body: elf(21, 1) }), "linux/ppc64le")
  })

  it("is what all programs agree on where there is no shell", async () => {
    assert.equal(
      await platformOf({ path: "app", mode: 0o755, body: elf(243) }, { path: "data", body: elf(62) }),
      "linux/riscv64",
    )
    assert.equal(
      await platformOf({ path: "a", mode: 0o755, body: elf(243) }, { path: "b", mode: 0o755, body: elf(62) }),
      undefined,
    )
  })

  it("is not known for scripts, links that lead nowhere, and machines that nobody has heard of", async () => {
    assert.equal(await platformOf({ path: "bin/sh", mode: 0o755, body: "#!/bin/true\n" }), undefined)
    assert.equal(await platformOf(link("bin/sh", "sh")), undefined)
    assert.equal(await platformOf({ path: "bin/sh", mode: 0o755, body: elf(9999) }), undefined)
    assert.equal(await platformOf({ path: "bin/sh", mode: 0o755, body: elf(62).subarray(0, 19) }), undefined)
  })
})
