import Testing
import UploadModel

import Digests

@Suite struct RunningDigestTests {
    @Test("RFC 1321 and FIPS 180-4 vectors of \"abc\" and of nothing")
    func vectors() {
        let abc = DigestSet(of: Array("abc".utf8))
        #expect(abc.md5?.hex == "900150983cd24fb0d6963f7d28e17f72")
        #expect(abc.sha1?.hex == "a9993e364706816aba3e25717850c26c9cd0d89d")
        #expect(abc.sha256?.hex == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
        #expect(DigestSet(of: []).md5?.hex == "d41d8cd98f00b204e9800998ecf8427e")
    }
}
