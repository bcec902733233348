import Testing
import UploadModel

@Suite struct Base64Tests {
    @Test(
        "the vectors of RFC 4648, section 10",
        arguments: [
            ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="),
            ("fooba", "Zm9vYmE="),
            ("foobar", "Zm9vYmFy"),
        ]
    )
    func vectors(bytes: String, text: String) {
        #expect(Base64.text(Array(bytes.utf8)) == text)
    }

    @Test("every value of six bits has its letter")
    func alphabet() {
        let bytes: [UInt8] = [0x00, 0x10, 0x83, 0xF3, 0xDF, 0xBF, 0xFB, 0xEF, 0xBE, 0xFF, 0xFF, 0xFE]
        #expect(Base64.text(bytes) == "ABCD89+/++++///+")
    }
}
