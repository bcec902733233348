import Testing
import UploadModel

@testable import VaultStore

/// The tree's arithmetic against the test vectors of Certificate Transparency, and against itself at every size.
@Suite struct MerkleTreeTests {
    /// The eight leaves of the vectors in certificate-transparency's merkletree tests.
    static let inputs: [[UInt8]] = [
        "", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f",
    ].map { Hex.bytes($0.utf8)! }

    /// Roots of the first 1 to 8 of them.
    static let roots = [
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
        "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
        "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    ]

    static func subtree(_ leaves: [TreeHash]) -> MerkleTree.Subtree<Never> {
        { level, index in
            let begin = Int(index) << level
            return LogTiles.root(of: leaves[begin..<begin + 1 << level])
        }
    }

    static func leaves(_ count: Int) -> [TreeHash] {
        (0..<count).map { TreeHash(leaf: Array("entry \($0)".utf8)) }
    }

    @Test func rootsAreThoseOfTheVectors() {
        let leaves = Self.inputs.map { TreeHash(leaf: $0) }
        for size in 1...8 {
            let root = MerkleTree.root(UInt64(size), Self.subtree(leaves))
            #expect(root.hex == Self.roots[size - 1])
        }
        #expect(
            TreeHash.empty.hex == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
        )
    }

    @Test("every entry's proof leads to the root, and no other entry's does")
    func inclusion() {
        let leaves = Self.leaves(70)
        let subtree = Self.subtree(leaves)
        for size in 1...UInt64(leaves.count) {
            let root = MerkleTree.root(size, subtree)
            for index in 0..<size {
                let path = MerkleTree.inclusion(of: index, in: size, subtree)
                let leaf = leaves[Int(index)]
                #expect(MerkleTree.root(of: leaf, at: index, in: size, by: path) == root)
                let other = leaves[(Int(index) + 1) % leaves.count]
                #expect(MerkleTree.root(of: other, at: index, in: size, by: path) != root)
                #expect(MerkleTree.root(of: leaf, at: index, in: size, by: path + [root]) == nil)
                if size > 1 { #expect(MerkleTree.root(of: leaf, at: index, in: size, by: []) == nil) }
            }
        }
    }

    @Test("every tree is shown to be the beginning of every later one, and of no other")
    func consistency() {
        let leaves = Self.leaves(40)
        let subtree = Self.subtree(leaves)
        let other = Self.subtree([TreeHash(leaf: [9])] + leaves.dropFirst())
        for size in 0...UInt64(leaves.count) {
            let new = (size: size, root: MerkleTree.root(size, subtree))
            for old in 0...size {
                let proof = MerkleTree.consistency(from: old, to: size, subtree)
                let before = (size: old, root: MerkleTree.root(old, subtree))
                #expect(MerkleTree.isConsistent(before, new, by: proof))
                if old > 0 {
                    let forked = (size: old, root: MerkleTree.root(old, other))
                    #expect(!MerkleTree.isConsistent(forked, new, by: proof))
                    #expect(!MerkleTree.isConsistent(before, new, by: proof + [new.root]))
                }
            }
        }
    }
}
