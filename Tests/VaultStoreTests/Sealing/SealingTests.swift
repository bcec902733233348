import LinuxIO
import Testing

@testable import VaultStore

@Suite struct SealingTests {
    static let sizes = [0, 1, 65_535, 65_536, 65_537, 131_072, 200_000]
    static let first = AgeIdentity.generate()
    static let second = AgeIdentity.generate()
    static let stranger = AgeIdentity.generate()
    static let both = [first.recipient, second.recipient]

    @Test("what we seal opens with age for either recipient, and for nobody else", arguments: sizes)
    func ageOpensOurs(size: Int) throws {
        let state = try ScratchState()
        let plain = inventedBytes(size)
        let (header, body) = try state.seal(plain, to: Self.both)
        let age = AgeProgram(state: state)
        #expect(try age.open(header, body, Self.first) == plain)
        #expect(try age.open(header, body, Self.second) == plain)
        #expect(try age.open(header, body, Self.stranger) == nil)
    }

    @Test("what age seals opens with ours for either recipient, and for nobody else", arguments: sizes)
    func weOpenTheirs(size: Int) throws {
        let state = try ScratchState()
        let plain = inventedBytes(size)
        let (header, body) = try AgeProgram(state: state).seal(plain, to: Self.both)
        #expect(try state.open(header, body, Self.first) == plain)
        #expect(try state.open(header, body, Self.second) == plain)
        #expect(throws: SealingFault.notForThisIdentity) { try state.open(header, body, Self.stranger) }
    }

    @Test("a second header for another audience opens the same body, and the first audience not")
    func secondHeader() throws {
        let state = try ScratchState()
        let plain = inventedBytes(70_000)
        let (header, body) = try state.seal(plain, to: [Self.first.recipient])
        let key = try AgeHeader(reading: header).fileKey(with: Self.first)
        let other = try AgeHeader(key, for: [Self.second.recipient]).bytes
        let age = AgeProgram(state: state)
        #expect(try age.open(other, body, Self.second) == plain)
        #expect(try age.open(other, body, Self.first) == nil)
        #expect(try age.open(header, body, Self.first) == plain)
    }

    @Test(
        "one changed byte anywhere in a body is found in its chunk, by age and by us",
        arguments: [16, 100, 65_567, 65_568, 65_600, 131_200]
    )
    func flippedByte(at place: Int) throws {
        let state = try ScratchState()
        var (header, body) = try state.seal(inventedBytes(131_200), to: [Self.first.recipient])
        body[place] ^= 1
        let chunk = UInt64((place - 16) / 65_552)
        #expect(throws: SealingFault.notAuthentic(chunk: chunk)) { try state.open(header, body, Self.first) }
        #expect(try AgeProgram(state: state).open(header, body, Self.first) == nil)
    }

    @Test("a changed nonce opens nothing")
    func changedNonce() throws {
        let state = try ScratchState()
        var (header, body) = try state.seal([1, 2, 3], to: [Self.first.recipient])
        body[0] ^= 1
        #expect(throws: SealingFault.notAuthentic(chunk: 0)) { try state.open(header, body, Self.first) }
    }

    @Test("a body that is cut at a chunk's end is said to be cut short")
    func truncation() throws {
        let state = try ScratchState()
        let (header, body) = try state.seal(inventedBytes(131_100), to: [Self.first.recipient])
        let cut = Array(body.prefix(16 + 65_552))
        #expect(throws: SealingFault.truncated) { try state.open(header, cut, Self.first) }
        #expect(throws: SealingFault.truncated) { try state.open(header, Array(body.prefix(20)), Self.first) }
        #expect(throws: SealingFault.truncated) { try state.open(header, Array(body.prefix(7)), Self.first) }
        #expect(throws: SealingFault.truncated) { try state.open(header, [], Self.first) }
        #expect(throws: SealingFault.notAuthentic(chunk: 2)) {
            try state.open(header, Array(body.dropLast()), Self.first)
        }
        #expect(try AgeProgram(state: state).open(header, cut, Self.first) == nil)
    }

    @Test("chunks in another order, an empty last chunk and bytes after the end are refused")
    func rearranged() throws {
        let state = try ScratchState()
        let key = FileKey([UInt8](repeating: 7, count: 16))
        let header = try AgeHeader(key, for: [Self.first.recipient]).bytes
        let nonce = [UInt8](repeating: 9, count: 16)
        let cipher = ChunkCipher(key, nonce: nonce)
        let full = inventedBytes(65_536)
        func chunk(_ plain: [UInt8], _ number: UInt64, isLast: Bool) -> [UInt8] {
            let box = cipher.seal(plain.span.bytes, number: number, isLast: isLast)
            var bytes: [UInt8] = []
            ChunkCipher.bytes(of: box) { part in part.withUnsafeBytes { bytes.append(contentsOf: $0) } }
            return bytes
        }
        let good = nonce + chunk(full, 0, isLast: false) + chunk([5], 1, isLast: true)
        #expect(try state.open(header, good, Self.first) == full + [5])
        let empty = nonce + chunk(full, 0, isLast: false) + chunk([], 1, isLast: true)
        #expect(throws: SealingFault.emptyLastChunk) { try state.open(header, empty, Self.first) }
        let swapped = nonce + chunk(full, 1, isLast: false) + chunk([5], 0, isLast: true)
        #expect(throws: SealingFault.notAuthentic(chunk: 0)) { try state.open(header, swapped, Self.first) }
        let longer = nonce + chunk(full, 0, isLast: true) + [1]
        #expect(throws: SealingFault.notAuthentic(chunk: 0)) { try state.open(header, longer, Self.first) }
        let age = AgeProgram(state: state)
        #expect(try age.open(header, good, Self.first) == full + [5])
        for bad in [empty, swapped, longer] { #expect(try age.open(header, bad, Self.first) == nil) }
    }

    @Test("headers of two bodies do not open each other's body")
    func swappedHeaders() throws {
        let state = try ScratchState()
        let one = try state.seal([1], to: [Self.first.recipient])
        let two = try state.seal([2], to: [Self.first.recipient])
        #expect(throws: SealingFault.notAuthentic(chunk: 0)) {
            try state.open(one.header, two.body, Self.first)
        }
        #expect(try AgeProgram(state: state).open(one.header, two.body, Self.first) == nil)
    }

    @Test("a body larger than what may be held in memory is refused before it is read")
    func largestInMemory() throws {
        let state = try ScratchState()
        let (header, body) = try state.seal(inventedBytes(5_000), to: [Self.first.recipient])
        try state.replace("opened", with: body)
        let stream = try OpeningStream(header: header, identity: Self.first)
        #expect(throws: SealingFault.tooLarge(limit: 1_000)) {
            try stream.bytes(of: state.root.open(Array("opened".utf8)), limit: 1_000, subject: "test")
        }
    }
}
