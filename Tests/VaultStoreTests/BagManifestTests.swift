import Testing

@testable import VaultStore

@Suite struct BagManifestTests {
    static let digest = String(repeating: "0a", count: 32)

    @Test("a manifest reads back as it was written, sorted by path")
    func readsBack() throws {
        let digests = FileDigests(of: [1, 2, 3])
        let files = ["data/content": digests, "bagit.txt": digests]
        for kind in BagManifest.Kind.allCases {
            let manifest = BagManifest(kind, of: files)
            #expect(manifest.paths == ["bagit.txt", "data/content"])
            #expect(BagManifest(kind, reading: manifest.bytes) == manifest)
        }
    }

    @Test(
        "what the standard would allow and we never write is refused",
        arguments: [
            "", "\n", "\(digest)  a", "\(digest) a\n", "\(digest)\ta\n", "\(digest)   a\n", "\(digest) *a\n",
            "\(digest.uppercased())  a\n", "\(digest)00  a\n", "\(digest)  ./a\n", "\(digest)  data/../a\n",
            "\(digest)  /a\n", "\(digest)  ~a\n", "\(digest)  a//b\n", "\(digest)  a%25\n", "\(digest)  A\n",
            "\(digest)  a\r\n", "\(digest)  a\n\n", "\u{FEFF}\(digest)  a\n", "\(digest)  é\n",
            "\(digest)  \n",
        ]
    )
    func strict(text: String) {
        #expect(BagManifest(.sha256, reading: Array(text.utf8)) == nil)
    }
}
