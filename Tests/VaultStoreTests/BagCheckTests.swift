import Glibc
import LinuxIO
import Testing
import UploadModel

@testable import VaultStore

/// Each way to damage a bundle, and the faults that must name it.
@Suite struct BagCheckTests {
    struct Damage: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let faults: [BundleFault]
        let inflict: @Sendable (ScratchState, String) throws -> Void

        init(
            _ name: String,
            _ faults: [BundleFault],
            _ inflict: @escaping @Sendable (ScratchState, String) throws -> Void
        ) {
            testDescription = name
            self.faults = faults
            self.inflict = inflict
        }
    }

    static func differs(_ path: String) -> [BundleFault] {
        BagManifest.Kind.allCases.map {
            .differs(path, manifest: path.hasPrefix("data/") ? $0.payloadName : $0.tagName)
        }
    }

    static func unlisted(_ path: String) -> [BundleFault] {
        BagManifest.Kind.allCases.map {
            .unlisted(path, manifest: path.hasPrefix("data/") ? $0.payloadName : $0.tagName)
        }
    }

    static let damages = [
        Damage("a byte of the content flipped", differs("data/content.age.body")) { state, place in
            try state.change("\(place)/data/content.age.body") { $0[5] ^= 1 }
        },
        Damage("a byte of the record flipped", differs("data/exhibit.json")) { state, place in
            try state.change("\(place)/data/exhibit.json") { $0[40] ^= 1 }
        },
        Damage("a byte of a tag file flipped", differs("bag-info.txt")) { state, place in
            try state.change("\(place)/bag-info.txt") { $0[0] ^= 0x20 }
        },
        Damage("content cut short", differs("data/content.age.body") + [.oxumDiffers("bag-info.txt")]) {
            state,
            place in
            try state.change("\(place)/data/content.age.body") { $0.removeLast() }
        },
        Damage("an extra file in the payload", unlisted("data/extra")) { state, place in
            try state.replace("\(place)/data/extra", with: [1])
        },
        Damage("a hidden extra file in the payload", unlisted("data/.extra")) { state, place in
            try state.replace("\(place)/data/.extra", with: [1])
        },
        Damage("a tag file that no manifest lists", unlisted("fetch.txt")) { state, place in
            try state.replace("\(place)/fetch.txt", with: [1])
        },
        Damage("no record", [.missing("data/exhibit.json"), .oxumDiffers("bag-info.txt")]) { state, place in
            try state.root.unlink(Array("\(place)/data/exhibit.json".utf8))
        },
        Damage("no bagit.txt", [.missing("bagit.txt")]) { state, place in
            try state.root.unlink(Array("\(place)/bagit.txt".utf8))
        },
        Damage("no tag manifest", [.missing("tagmanifest-sha512.txt")]) { state, place in
            try state.root.unlink(Array("\(place)/tagmanifest-sha512.txt".utf8))
        },
        Damage(
            "a line dropped from one manifest",
            [.unlisted("data/content.age.body", manifest: "manifest-sha256.txt")]
                + differs("manifest-sha256.txt")
        ) { state, place in
            try state.change("\(place)/manifest-sha256.txt") { $0.removeFirst($0.firstIndex(of: 10)! + 1) }
        },
        Damage(
            "a line twice in one manifest",
            [.listedTwice("data/content.age.body", manifest: "manifest-sha512.txt")]
                + differs("manifest-sha512.txt")
        ) { state, place in
            try state.change("\(place)/manifest-sha512.txt") { $0 = $0[...$0.firstIndex(of: 10)!] + $0 }
        },
        Damage(
            "a manifest with a byte order mark",
            [.malformed("manifest-sha256.txt")] + differs("manifest-sha256.txt")
        ) { state, place in
            try state.change("\(place)/manifest-sha256.txt") { $0 = [0xEF, 0xBB, 0xBF] + $0 }
        },
        Damage(
            "a symbolic link in place of the content",
            [
                .notAFile("data/content.age.body"), .missing("data/content.age.body"),
                .oxumDiffers("bag-info.txt"),
            ]
        ) { state, place in
            try state.root.unlink(Array("\(place)/data/content.age.body".utf8))
            try #require(symlink("/etc/hostname", "\(state.path)/\(place)/data/content.age.body") == 0)
        },
        Damage("a symbolic link beside the content", [.notAFile("data/link")]) { state, place in
            try #require(symlink("content", "\(state.path)/\(place)/data/link") == 0)
        },
        Damage("a FIFO beside the tag files", [.notAFile("fifo")]) { state, place in
            try #require(mkfifo("\(state.path)/\(place)/fifo", 0o600) == 0)
        },
        Damage(
            "a path with ./ before it",
            [.malformed("manifest-sha256.txt")] + differs("manifest-sha256.txt")
        ) { state, place in
            try state.change("\(place)/manifest-sha256.txt") { $0.insert(contentsOf: "./".utf8, at: 66) }
        },
        Damage(
            "a path that leaves the bag",
            [.malformed("manifest-sha512.txt")] + differs("manifest-sha512.txt")
        ) { state, place in
            try state.change("\(place)/manifest-sha512.txt") {
                $0 += Array("\(String(repeating: "0", count: 128))  data/../../secret\n".utf8)
            }
        },
        Damage(
            "an absolute path",
            [.malformed("manifest-sha256.txt")] + differs("manifest-sha256.txt")
        ) { state, place in
            try state.change("\(place)/manifest-sha256.txt") {
                $0 += Array("\(String(repeating: "0", count: 64))  /etc/hostname\n".utf8)
            }
        },
        Damage(
            "a path into somebody's home",
            [.malformed("manifest-sha256.txt")] + differs("manifest-sha256.txt")
        ) { state, place in
            try state.change("\(place)/manifest-sha256.txt") {
                $0 += Array("\(String(repeating: "0", count: 64))  ~root/data\n".utf8)
            }
        },
        Damage(
            "a line twice with another digest",
            [.listedTwice("data/content.age.body", manifest: "manifest-sha256.txt")]
                + [.differs("data/content.age.body", manifest: "manifest-sha256.txt")]
                + differs("manifest-sha256.txt")
        ) { state, place in
            try state.change("\(place)/manifest-sha256.txt") { bytes in
                var line = Array(bytes[...bytes.firstIndex(of: 10)!])
                line[0] = line[0] == 48 ? 49 : 48
                bytes += line
            }
        },
        Damage(
            "two files that differ in case alone",
            unlisted("data/EXHIBIT.json")
        ) { state, place in
            try state.replace("\(place)/data/EXHIBIT.json", with: [1])
        },
        Damage("a name whose letters have two spellings", unlisted("data/\u{E9}")) { state, place in
            try state.replace("\(place)/data/\u{E9}", with: [1])
        },
        Damage("bagit.txt in UTF-16", differs("bagit.txt") + [.malformed("bagit.txt")]) { state, place in
            try state.change("\(place)/bagit.txt") { $0 = [0xFF, 0xFE] + $0.flatMap { [$0, 0] } }
        },
        Damage("bagit.txt with a byte order mark", differs("bagit.txt") + [.malformed("bagit.txt")]) {
            state,
            place in
            try state.change("\(place)/bagit.txt") { $0 = [0xEF, 0xBB, 0xBF] + $0 }
        },
        Damage("a space before a colon", differs("bagit.txt") + [.malformed("bagit.txt")]) { state, place in
            try state.replace(
                "\(place)/bagit.txt",
                with: Array("BagIt-Version : 1.0\nTag-File-Character-Encoding: UTF-8\n".utf8)
            )
        },
        Damage("evidence by reference", unlisted("fetch.txt")) { state, place in
            try state.replace(
                "\(place)/fetch.txt",
                with: Array("https://example.com/x 12 data/content.age.body\n".utf8)
            )
        },
        Damage("a bag in the bag", [.notAFile("data/inner")]) { state, place in
            try state.root.makeDirectory(Array("\(place)/data/inner".utf8), mode: 0o700)
            try state.replace("\(place)/data/inner/bagit.txt", with: BagInfo.declaration)
        },
        Damage(
            "a manifest of another algorithm",
            unlisted("manifest-md5.txt")
        ) { state, place in
            try state.replace(
                "\(place)/manifest-md5.txt",
                with: Array("\(String(repeating: "0", count: 32))  data/exhibit.json\n".utf8)
            )
        },
        Damage("an empty directory in the payload", [.notAFile("data/empty")]) { state, place in
            try state.root.makeDirectory(Array("\(place)/data/empty".utf8), mode: 0o700)
        },
    ]

    @Test("each damage is named, and nothing else is", arguments: damages)
    func damageIsNamed(_ damage: Damage) throws {
        let state = try ScratchState()
        let place = try state.preserve()
        try damage.inflict(state, place)
        let found = try state.vault().verify(BundleID(Exhibit.uploadID))
        #expect(found == damage.faults)
    }

    @Test("no bundle and a file under its name are faults too")
    func notABundle() throws {
        let state = try ScratchState()
        let id = BundleID(Exhibit.uploadID)
        let vault = try state.vault()
        #expect(try vault.verify(id) == [.absent])
        let place = try state.preserve()
        try state.root.removeTree(Array(place.utf8))
        try state.replace(place, with: [1])
        #expect(try vault.verify(id) == [.notAFile("\(id)")])
    }

    @Test("a message shows no byte that a terminal would obey")
    func messagesAreShowable() {
        let fault = BundleFault.notAFile("data/\u{1B}[2Jx")
        #expect("\(fault)" == "data/?[2Jx is not a regular file")
        let damaged = DamagedBundle(bundle: BundleID(Exhibit.uploadID), faults: [fault, .absent])
        #expect(damaged.description.hasPrefix("bundle ex-\(Exhibit.uploadID): data/?[2Jx is not"))
        #expect(damaged.description.contains("(and 1 more); "))
    }
}
