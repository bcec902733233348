import ListMutations
import UploadModel

// A fuzzer where it is built with `-D FUZZING -sanitize=fuzzer`, and elsewhere a program that makes its own input: so
// many seeded mutations of the samples (`FuzzListLines 20000`). Both feed `check`.

/// Any bytes are a list of every format that has a record a line, or a named fault.
private func check(_ bytes: [UInt8]) {
    for format in [ListFormat.digests, .hashdeep, .pdq, .threatexchange, .ndjson] {
        checkReading(bytes, format)
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
            "# x\n00112233445566778899aabbccddeeff\n00112233445566778899aabbccddeeff01234567  name\r\nMD5 (a) = 00112233445566778899aabbccddeeff\n\\00112233445566778899aabbccddeeff *b\n",
            "%%%% HASHDEEP-1.0\n%%%% size,md5,sha256,filename\n## x\n100,00112233445566778899aabbccddeeff,00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff,/a,b\n",
            "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff,80,id\n00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff\n",
            "pdq 00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff\nvideo_md5 00112233445566778899aabbccddeeff\ntext a b c\n",
            #"{"md5":"00112233445566778899aabbccddeeff","size":100,"id":"x","unmatchable":"pdna"}"# + "\n",
        ]

        static func main() {
            runMutants("FuzzListLines", of: samples, telling: "#\n\r,%() =\\*0aF{}\":", check)
        }
    }

#endif
