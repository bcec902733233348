import ListMutations
import UploadModel

// A fuzzer where it is built with `-D FUZZING -sanitize=fuzzer`, and elsewhere a program that makes its own input: so
// many seeded mutations of the samples (`FuzzListRows 20000`). Both feed `check`.

/// Any bytes are rows of separated values, or a named fault.
private func check(_ bytes: [UInt8]) {
    for format in [ListFormat.csv, .tsv] {
        checkReading(bytes, format) { $0.mapping.fields = [.md5: "md5", .id: "id", .size: "size"] }
        checkReading(bytes, format) {
            $0.mapping.header = false
            $0.mapping.fields = [.value: "1", .timestamp: "2", .status: "3"]
            $0.mapping.removed = ["gone"]
        }
    }
}

#if FUZZING

    @_cdecl("LLVMFuzzerTestOneInput")
    public func fuzzOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
        check(Array(UnsafeBufferPointer(start: start, count: count)))
        return 0
    }

#else

    @main
    struct MutationRun {
        static let samples = [
            "id,md5,size\n1,00112233445566778899aabbccddeeff,100\n\"2\",\"00112233445566778899aabbccddeeff\",\r\n\"a\n\"\"b\",00112233445566778899aabbccddeeff,7\n",
            "00112233445566778899aabbccddeeff,2026-01-02T03:04:05Z,\n00112233445566778899aabbccddeeff,17,gone\n",
            "00112233445566778899aabbccddeeff\t2026-01-02T03:04:05.5+01:00\t\n",
            "\u{FEFF}id\tmd5\tsize\n1\t00112233445566778899aabbccddeeff\t*\n",
        ]

        static func main() {
            runMutants("FuzzListRows", of: samples, telling: ",\"\n\r\t0aF:-TZ+", check)
        }
    }

#endif
