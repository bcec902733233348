import GenerationFormat
import Testing

@Suite struct GenerationNameTests {
    @Test(
        "a name reads back as itself",
        arguments: ["g0000000000-00000000", "g0000000012-5f0c9a3e", "g9999999999-ffffffff"]
    )
    func roundTrip(text: String) throws {
        let name = try #require(GenerationName(text))
        #expect(name.description == text)
        #expect(GenerationName(currentFile: name.currentFile) == name)
    }

    @Test(
        "no other spelling names a generation",
        arguments: [
            "", "g", "../x", "g0000000012-5F0C9A3E", "g000000001-005f0c9a3", "g+000000012-5f0c9a3e",
            "g0000000012-+f0c9a3e", "g0000000012_5f0c9a3e", "h0000000012-5f0c9a3e", ".g0000000012-5f0c9a3e",
            "g0000000012-5f0c9a3e/", "g0000000012-5f0c9a3", "g00000/../12-5f0c9a3e",
        ]
    )
    func strict(text: String) { #expect(GenerationName(text) == nil) }

    @Test(
        "what names the installed generation is one name and one newline",
        arguments: [
            "", "\n", "g0000000012-5f0c9a3e", "g0000000012-5f0c9a3e\n\n", " g0000000012-5f0c9a3e\n", "../x\n",
        ]
    )
    func currentFile(text: String) { #expect(GenerationName(currentFile: Array(text.utf8)) == nil) }
}
