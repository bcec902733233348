import ListMutations
import UploadModel

#if !FUZZING
    @main
#endif
struct PageFuzzer: ListFuzzer {
    static let samples = [
        """
        <?xml version="1.0" encoding="UTF-8"?>
        <queryResult xmlns="https://hashsharing.ncmec.org/hashsharing/v2"><images count="2" maxTimestamp="2026-01-02T03:04:05Z">
        <image><member id="42">A</member><timestamp>2026-01-02T03:04:05Z</timestamp><id>i1</id>
        <classification>A1</classification><fingerprints><md5>00112233445566778899aabbccddeeff</md5><pdna>x</pdna></fingerprints>
        <feedback><x/></feedback></image>
        <deletedImage><member id="43">B</member><id>i2</id><timestamp>2026-01-02T03:04:05Z</timestamp></deletedImage>
        </images><paging><next>/v2/entries?from=1&amp;to=2026-01-02T03%3A04%3A05Z&amp;start=1001&amp;size=1000</next></paging></queryResult>
        """,
        "<!DOCTYPE x [<!ENTITY a 'b'>]><x>&a;</x>",
    ]

    static let telling = "<>/!?&;=\"' axX[]-"

    /// Any bytes are a page of Hash Sharing, or a named fault.
    static func check(_ bytes: [UInt8]) {
        checkReading(bytes, .ncmec)
    }
}

#if FUZZING
    @_cdecl("LLVMFuzzerTestOneInput")
    public func fuzzOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
        PageFuzzer.feed(start, count)
    }
#endif
