import Testing
import UploadModel

@Suite struct SpoolPathTests {
    static func path(_ text: String) -> SpoolPath? { SpoolPath(text.utf8) }

    @Test(
        "a name that could lead anywhere else is no path",
        arguments: [
            "", "/", "/etc/passwd", "a/", "a//b", "..", ".", "a/..", "../a", "a/../b", "./a", "a/./b",
            "a\u{0}b",
            "a/b\u{0}",
        ]
    )
    func refused(text: String) {
        #expect(Self.path(text) == nil)
    }

    @Test("odd bytes are kept as they are")
    func odd() throws {
        let rows: [[UInt8]] = [
            Array("...".utf8), Array("..a/b..".utf8), Array(" ".utf8), [0xFF, 0x2F, 0xC0], [0x0A],
            Array("-rf".utf8),
            Array("~".utf8), Array("é\n/x".utf8),
        ]
        for bytes in rows { #expect(SpoolPath(bytes)?.bytes == bytes) }
    }

    @Test("a path is as long as the kernel takes, and no longer")
    func longest() {
        #expect(SpoolPath(repeatElement(97, count: SpoolPath.longest)) != nil)
        #expect(SpoolPath(repeatElement(97, count: SpoolPath.longest + 1)) == nil)
    }

    @Test("a path falls into its directory and its name")
    func parts() throws {
        let deep = try #require(Self.path("a/b/c"))
        #expect(deep.name == Array("c".utf8))
        #expect(deep.parent == Self.path("a/b"))
        #expect(deep.parent?.parent?.parent == nil)
        #expect(try #require(deep.parent).appending(name: Array("c".utf8)) == deep)
    }

    @Test("nothing but one more name is appended", arguments: ["", ".", "..", "a/b", "/", "a\u{0}"])
    func appending(name: String) throws {
        #expect(try #require(Self.path("a")).appending(name: Array(name.utf8)) == nil)
    }

    @Test("nothing is appended past the longest path")
    func appendingTooMuch() throws {
        let long = try #require(SpoolPath(repeatElement(97, count: SpoolPath.longest - 2)))
        #expect(long.appending(name: [98])?.bytes.count == SpoolPath.longest)
        #expect(long.appending(name: [98, 98]) == nil)
    }

    @Test(
        "a context lies beside its upload, and leads back to it",
        arguments: ["a.jpg", "x/y", "b.meta.json"]
    )
    func context(text: String) throws {
        let path = try #require(Self.path(text))
        #expect(path.context == Self.path(text + ".meta.json"))
        #expect(path.context.describedUpload == path)
    }

    @Test(
        "a name without the suffix, or with nothing before it, describes nothing",
        arguments: ["a.jpg", "a.meta.jso", "a.meta.json/b", ".meta.json", "a/.meta.json", "a.META.JSON"]
    )
    func noContext(text: String) throws {
        #expect(try #require(Self.path(text)).describedUpload == nil)
    }

    @Test("a distinguished name keeps its directory, says the id, and fits NAME_MAX with its context's")
    func distinguished() throws {
        let short = try #require(Self.path("a/b.jpg")).distinguished(by: upload)
        #expect(short == Self.path("a/b.jpg~\(upload)"))
        for count in [1, 208, 209, 244, 245, 255] {
            let name = [UInt8](repeating: 98, count: count)
            let made = try #require(SpoolPath([97, 47] + name)).distinguished(by: upload)
            #expect(made.parent == Self.path("a"))
            #expect(made.name.count <= 255)
            #expect(made.context.name.count <= 255)
            #expect(made.name.suffix(37).elementsEqual("~\(upload)".utf8))
            #expect(made.name.starts(with: name.prefix(min(count, 208))))
        }
    }
}
