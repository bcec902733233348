import ListMutations
import UploadModel

#if !FUZZING
    @main
#endif
struct JSONFuzzer: ListFuzzer {
    static let samples = [
        #"[{"MD5":"00112233445566778899aabbccddeeff","more":[{"SHA1":"00112233445566778899aabbccddeeff01234567"}]},{"MD5":null}]"#,
        #"{"MD5":"00112233445566778899aabbccddeeff"}"# + "\n"
            + #"{"MD5":"00112233445566778899aabbccddeeff"}"#,
        #"{"@odata.context":"x","value":[{"Media":[{"MD5":"00112233445566778899aabbccddeeff","MediaSize":"100","Category":1}]}]}"#,
        #"{"count":1,"hashRecords":[{"v":"00112233445566778899aabbccddeeff","t":"VideoMD5","s":"Active","c":12}],"x":[[],{}]}"#,
    ]

    static let telling = #"{}[]:,"\/-+.eE0189ulftn "#

    /// Any bytes are JSON with entries somewhere in it, or a named fault.
    static func check(_ bytes: [UInt8]) {
        checkReading(bytes, .json) { $0.mapping.fields = [.md5: "/MD5", .sha1: "/more/0/SHA1"] }
        checkReading(bytes, .json) {
            $0.mapping.entries = "/value/*/Media"
            $0.mapping.fields = [.md5: "/MD5", .size: "/MediaSize", .classification: "/Category"]
            $0.mapping.classifications = ["1"]
        }
        checkReading(bytes, .json) {
            $0.mapping.entries = "/hashRecords"
            $0.mapping.fields = [.value: "/v", .type: "/t", .status: "/s", .timestamp: "/c"]
            $0.mapping.removed = ["Withdrawn"]
        }
    }
}

#if FUZZING
    @_cdecl("LLVMFuzzerTestOneInput")
    public func fuzzOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
        JSONFuzzer.feed(start, count)
    }
#endif
