import ListMutations
import UploadModel

// A fuzzer where it is built with `-D FUZZING -sanitize=fuzzer`, and elsewhere a program that makes its own input: so
// many seeded mutations of the samples (`FuzzListXML 20000`). Both feed `check`.

/// Any bytes are a page of Hash Sharing, or a named fault.
private func check(_ bytes: [UInt8]) {
    checkReading(bytes, .ncmec)
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
            """
            <?xml version="1.0" encoding="UTF-8"?>
            <queryResult xmlns="https://hashsharing.ncmec.org/hashsharing/v2"><images count="2">
            <image><member id="42">A</member><timestamp>2026-01-02T03:04:05Z</timestamp><id>i1</id>
            <classification>A1</classification><fingerprints><md5>00112233445566778899aabbccddeeff</md5><pdna>x</pdna></fingerprints>
            <feedback><x/></feedback></image>
            <deletedImage><member id="43">B</member><id>i2</id><timestamp>2026-01-02T03:04:05Z</timestamp></deletedImage>
            </images><paging><next>/v2/entries?a&amp;b</next></paging></queryResult>
            """,
            "<!DOCTYPE x [<!ENTITY a 'b'>]><x>&a;</x>",
        ]

        static func main() {
            runMutants("FuzzListXML", of: samples, telling: "<>/!?&;=\"' axX[]-", check)
        }
    }

#endif
