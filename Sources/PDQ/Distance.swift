package import UploadModel

extension PerceptualHash {
    /// Whether about half of the bits are set; hashes far from that say too little to be compared.
    ///
    /// - Source: 120 to 136 set bits are kept, as the matching rules of the lists' suppliers ask.
    package var isBalanced: Bool {
        let set = (0..<4).reduce(0) { $0 + bits[$1].nonzeroBitCount }
        return (120...136).contains(set)
    }
}
