package import UploadModel

extension PerceptualHash {
    /// Bits that differ from the same picture's mean of 128 set bits: hashes far from balance say too little.
    ///
    /// - Source: 120 to 136 set bits are kept, as the matching rules of the lists' suppliers ask.
    package var isBalanced: Bool {
        let set = (0..<4).reduce(0) { $0 + bits[$1].nonzeroBitCount }
        return (120...136).contains(set)
    }
}
