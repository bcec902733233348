import Glibc

/// Random words of the kernel's, fetched thirty-two at a time: one call for each would cost more than naming an upload.
///
/// Not for keys: what is fetched and not yet used lies in memory.
///
/// - Source: getentropy(3).
package struct RandomWords {
    private var words = InlineArray<32, UInt64>(repeating: 0)
    private var left = 0

    package init() {}

    package mutating func next() -> UInt64 {
        if left == 0 { fetch() }
        left -= 1
        return words[left]
    }

    /// 256 bytes, which is the most that come whole.
    private mutating func fetch() {
        var span = words.mutableSpan
        let failed = span.withUnsafeMutableBytes { bytes in getentropy(bytes.baseAddress!, bytes.count) }
        precondition(failed == 0, "getentropy(3) failed")
        left = 32
    }
}
