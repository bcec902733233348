import ListMutations
import UploadModel

#if !FUZZING
    @main
#endif
struct LineFuzzer: ListFuzzer {
    static let samples = [
        "# x\n00112233445566778899aabbccddeeff\n00112233445566778899aabbccddeeff01234567  name\r\nMD5 (a) = 00112233445566778899aabbccddeeff\n\\00112233445566778899aabbccddeeff *b\n",
        "%%%% HASHDEEP-1.0\n%%%% size,md5,sha256,filename\n## x\n100,00112233445566778899aabbccddeeff,00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff,/a,b\n",
        "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff,80,id\n00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff\n",
        "pdq 00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff\nvideo_md5 00112233445566778899aabbccddeeff\ntext a b c\n",
        #"{"updated":"2026-01-02T03:04:05Z"}"# + "\n"
            + #"{"md5":"00112233445566778899aabbccddeeff","size":100,"id":"x","unmatchable":"pdna"}"# + "\n",
    ]

    static let telling = "#\n\r,%() =\\*0aF{}\":"

    /// Any bytes are a list of every format that has a record a line, or a named fault.
    static func check(_ bytes: [UInt8]) {
        for format in [ListFormat.digests, .hashdeep, .pdq, .threatexchange, .ndjson] {
            checkReading(bytes, format)
        }
    }
}

#if FUZZING
    @_cdecl("LLVMFuzzerTestOneInput")
    public func fuzzOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
        LineFuzzer.feed(start, count)
    }
#endif
