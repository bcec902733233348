import ListMutations
import UploadModel

#if !FUZZING
    @main
#endif
struct RowFuzzer: ListFuzzer {
    static let samples = [
        "id,md5,size\n1,00112233445566778899aabbccddeeff,100\n\"2\",\"00112233445566778899aabbccddeeff\",\r\n\"a\n\"\"b\",00112233445566778899aabbccddeeff,7\n",
        "00112233445566778899aabbccddeeff,2026-01-02T03:04:05Z,\n00112233445566778899aabbccddeeff,17,gone\n",
        "00112233445566778899aabbccddeeff\t2026-01-02T03:04:05.5+01:00\t\n",
        "\u{FEFF}id\tmd5\tsize\n1\t00112233445566778899aabbccddeeff\t*\n",
    ]

    static let telling = ",\"\n\r\t0aF:-TZ+"

    /// Any bytes are rows of separated values, or a named fault.
    static func check(_ bytes: [UInt8]) {
        for format in [ListFormat.csv, .tsv] {
            checkReading(bytes, format) { $0.mapping.fields = [.md5: "md5", .id: "id", .size: "size"] }
            checkReading(bytes, format) {
                $0.mapping.header = false
                $0.mapping.fields = [.value: "1", .timestamp: "2", .status: "3"]
                $0.mapping.removed = ["gone"]
            }
        }
    }
}

#if FUZZING
    @_cdecl("LLVMFuzzerTestOneInput")
    public func fuzzOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
        RowFuzzer.feed(start, count)
    }
#endif
