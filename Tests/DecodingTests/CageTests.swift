import LinuxIO
import PictureWire
import Testing
import UploadModel

@testable import Decoding

/// What a decoder that was taken over can do: nothing, and the next picture does not notice.
@Suite struct CageTests {
    struct Row: CustomTestStringConvertible, Sendable {
        let deed: String
        let loss: WorkerLoss
        var testDescription: String { deed }
    }

    static let rows = [
        Row(deed: "open", loss: .caught), Row(deed: "write", loss: .caught),
        Row(deed: "socket", loss: .caught), Row(deed: "fork", loss: .caught),
        Row(deed: "exec", loss: .caught), Row(deed: "ptrace", loss: .caught),
        Row(deed: "kill", loss: .caught), Row(deed: "run-memory", loss: .caught),
        Row(deed: "loop", loss: .cpuTime), Row(deed: "hang", loss: .wallTime),
        Row(deed: "crash", loss: .crashed), Row(deed: "trap", loss: .caught),
        Row(deed: "exit", loss: .left), Row(deed: "close", loss: .killed),
        Row(deed: "oversized", loss: .malformed), Row(deed: "cut", loss: .malformed),
        Row(deed: "other-job", loss: .malformed), Row(deed: "flood", loss: .malformed),
        Row(deed: "no-hashes", loss: .malformed),
    ]

    @Test("a deed costs its picture the hash, and the next is decoded by another worker", arguments: rows)
    func contained(_ row: Row) throws {
        var settings = hasty
        // On a loaded machine a second of CPU time takes longer than a deed that does nothing may.
        if row.loss != .wallTime { settings.wallSeconds = 60 }
        let pool = try DecoderPool(settings, program("decoder-probe"))
        #expect(pool.perceptual(of: try file(row.deed)) == .failed(.decoderDied))
        // What looks as if somebody else had ended it is tried with one more.
        #expect(pool.figures.losses == [row.loss: row.loss == .killed ? 2 : 1])
        let begin = Clocks.monotonic
        #expect(!pool.perceptual(of: try file(try sample("rgb8.png"))).hashes.isEmpty)
        #expect(Clocks.monotonic - begin < 10_000_000_000)
    }

    @Test("memory above the limit is not to be had, and the worker goes on", arguments: ["allocate", "eat"])
    func memory(deed: String) throws {
        let pool = try DecoderPool(hasty, program("decoder-probe"))
        #expect(pool.perceptual(of: try file(deed)) == .failed(.pictureTooLarge))
        #expect(pool.figures.losses.isEmpty && pool.figures.started == 1)
    }

    @Test("the posture is whole here, and told layer by layer")
    func posture() throws {
        let pool = try DecoderPool(hasty, program("breakwater-decoder"))
        #expect(pool.posture.layers == .all)
        #expect(pool.posture.landlockABI >= 1)
    }

    @Test("a decoder below the required posture is refused, with what it misses")
    func incomplete() throws {
        let refusal = #expect(throws: DecoderFault.self) { try DecoderPool(hasty, program("decoder-bare")) }
        #expect(refusal == .cageIncomplete(missing: CageLayers.all.subtracting(.noNewPrivileges)))
        #expect(refusal?.description.contains("landlock, system-calls") == true)
        var settings = hasty
        settings.requireSandbox = false
        let pool = try DecoderPool(settings, program("decoder-bare"))
        #expect(pool.posture.layers == .noNewPrivileges)
        #expect(!pool.perceptual(of: try file(try sample("rgb8.png"))).hashes.isEmpty)
    }

    @Test("what is no decoder is refused", arguments: ["/bin/true", "/bin/cat", "/bin/sleep"])
    func notDecoder(path: String) throws {
        let refusal = #expect(throws: DecoderFault.self) {
            _ = try DecoderPool(hasty, Descriptor.open(path))
        }
        #expect(refusal == .notReady)
    }
}
