package import UploadModel

/// One entry as a supplier's file has it, before it has a place in a generation.
package struct ImportedEntry: Equatable, Sendable {
    package var md5: Digest?
    package var sha1: Digest?
    package var sha256: Digest?
    /// PDQ in the word order of `PerceptualHash.bits(hex:)`.
    package var perceptual: SIMD4<UInt64>?
    /// Bytes of the listed file, where the supplier gave it.
    package var size: UInt64?
    /// The supplier's own id of the entry, at most 255 bytes of UTF-8; empty where there is none.
    package var name = ""
    /// Who contributed it to the supplier, at most 255 bytes of UTF-8; empty where that is not said.
    package var contributor = ""
    /// In the supplier's words, as `A1`, at most 255 bytes of UTF-8; empty where there is none.
    package var classification = ""

    package init() {}
}
