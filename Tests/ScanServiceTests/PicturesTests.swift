import Decoding
import Exposition
import Glibc
import LinuxIO
import PictureWire
import Synchronization
import Testing
import UploadModel

@testable import ScanService

/// Decoders as the daemon has them: what it says of their cage, and what they cannot make it release.
@Suite struct PicturesTests {
    /// PDQ of no picture.
    static let hash = String(repeating: "00000000ffffffff", count: 4)

    static func bare(requiresSandbox: Bool) -> DecoderSettings {
        let tests = CommandLine.arguments.first { $0.contains(".xctest") } ?? CommandLine.arguments[0]
        let folder = tests.split(separator: "/").prefix { !$0.hasSuffix(".xctest") }.joined(separator: "/")
        var settings = DecoderSettings()
        settings.program = (ThisProcess.environment("BREAKWATER_BIN") ?? "/\(folder)") + "/decoder-bare"
        settings.requireSandbox = requiresSandbox
        return settings
    }

    @Test("what becomes of a picture while it is decoded is what is compared")
    func changedWhileDecoded() async throws {
        let house = try ScratchHouse { $0.decoder = Self.bare(requiresSandbox: false) }
        let harmless = "GIF89a reverse, and some more"
        let listed = String(harmless.reversed())
        try house.list(["demo": [listed]], hashes: [Self.hash])
        try house.handOver("a", harmless)
        try await house.run { try house.isPreserved(house.newest, listed) }
        #expect(try house.released().isEmpty)
        #expect(try house.findings() == [])
    }

    @Test("pictures that hang their decoder delay no upload that needs none")
    func hanging() async throws {
        let house = try ScratchHouse {
            $0.decoder = Self.bare(requiresSandbox: false)
            ($0.decoder.workers, $0.decoder.wallSeconds) = (1, 4)
            $0.scan.workers = .count(1)
        }
        try house.list(["demo": [ScratchHouse.listed]], hashes: [Self.hash])
        for number in 0..<3 { try house.handOver("hangs-\(number)", "GIF89a hang \(number)") }
        let isHandedOver = Atomic(false)
        let heldThen = Atomic(-1)
        try await house.run {
            guard try house.tree("spool/incoming").isEmpty else { return "something is not claimed" }
            if !isHandedOver.exchange(true, ordering: .relaxed) {
                for number in 0..<5 { try house.handOver("text-\(number)", "text \(number)") }
            }
            guard try house.released().count == 5 else { return "texts are not released" }
            let held = try house.tree("spool/held").count
            _ = heldThen.compareExchange(expected: -1, desired: held, ordering: .relaxed)
            return nil
        }
        // The decoder has one after the other, for four seconds each.
        #expect((0..<3).contains(heldThen.load(ordering: .relaxed)))
        #expect(try house.tree("spool/held").count == 3)
        #expect(try house.findings() == [])
    }

    @Test("a daemon that is asked for pictures does not start below the required cage")
    func refused() async throws {
        let house = try ScratchHouse { $0.decoder = Self.bare(requiresSandbox: true) }
        try house.list([:], hashes: [Self.hash])
        let refusal = await #expect(throws: DecoderFault.self) { try await house.run() }
        #expect(refusal?.exitCode == .settingsRefused)
        #expect(refusal?.layers == .noNewPrivileges)
        try house.list(["demo": [ScratchHouse.listed]])
        try await house.run()
    }

    @Test(
        "the posture is shown before the first picture, also where no list asks for any",
        arguments: [true, false]
    )
    func posture(isAsked: Bool) throws {
        let registry = try MetricsRegistry(families: ScanService.metricFamilies)
        let pictures = Pictures(Self.bare(requiresSandbox: false), registry: registry)
        try pictures.begin(isAsked: isAsked)
        let cage = registry.read().first { $0.family.name == MetricNames.decoderCage.rawValue }
        let layers = try #require(cage).series.filter { $0.value == .real(1) }.map(\.labelValues)
        #expect(layers == [["no-new-privileges"]])
    }

    @Test("decoders that cannot be had for want of descriptors are worth another try")
    func passing() async {
        await #expect(processExitsWith: .success) {
            let pictures = Pictures(PicturesTests.bare(requiresSandbox: false))
            let missing = Pictures(DecoderSettings.nowhere)
            let picture = try Descriptor.open("/dev/null")
            var limit = rlimit()
            getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
            var none = rlimit(rlim_cur: 0, rlim_max: limit.rlim_max)
            setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &none)
            precondition(pictures.read(picture) == .failure(NoAnswer(.noDecoder, mayPass: true)))
            setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
            // Until the next try to start one.
            precondition(pictures.read(picture) == .failure(NoAnswer(.noDecoder, mayPass: true)))
            precondition(missing.read(picture) == .failure(NoAnswer(.noDecoder)))
        }
    }

    @Test("other settings hold from the next picture on")
    func reload() throws {
        let pictures = Pictures(Self.bare(requiresSandbox: true))
        let picture = try Descriptor.open("/dev/null")
        #expect(pictures.perceptual(of: picture) == .failed(.noDecoder))
        pictures.reload(Self.bare(requiresSandbox: false))
        #expect(pictures.perceptual(of: picture) == .failed(.undecodable))
        #expect(pictures.whyNone == nil)
    }
}

extension DecoderSettings {
    /// A program that is not there.
    fileprivate static var nowhere: DecoderSettings {
        var settings = DecoderSettings()
        settings.program = "/nonexistent/decoder"
        return settings
    }
}
