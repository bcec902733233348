import Testing
import UploadModel

@testable import PictureWire

@Suite struct RecordTests {
    static let hashes: [PerceptualHash] = Reading.allCases.flatMap { reading in
        Orientation.allCases.enumerated().map { index, orientation in
            PerceptualHash(
                bits: SIMD4(1, 2, UInt64(index), .max),
                quality: index * 14,
                reading: reading,
                orientation: orientation
            )
        }
    }

    static let terms = WorkerTerms(memory: 1, pixels: 2, bytes: .max, cpuMilliseconds: 4, cpuSecondsInAll: 5)
    static let job = PictureJob(number: 7, byteCount: 9)
    static let answer = PictureAnswer(job: 7, outcome: .truncated, width: 600, height: 400, hashes: hashes)

    @Test("every record comes back as it was")
    func roundTrips() throws {
        #expect(try WorkerTerms(reading: Self.terms.record) == Self.terms)
        #expect(
            try PictureJob(reading: PictureJob(number: .max, byteCount: 9).record)
                == PictureJob(number: .max, byteCount: 9)
        )
        let r512 = PictureJob(number: 3, byteCount: .max, readings: [.r512])
        #expect(try PictureJob(reading: r512.record) == r512)
        let report = CageReport(layers: [.landlock, .limits], landlockABI: 7)
        #expect(try CageReport(reading: report.record) == report)
        #expect(try PictureAnswer(reading: Self.answer.record, to: Self.job) == Self.answer)
    }

    @Test("a job for no reading, or for an unknown one, is nonsense", arguments: [0, 8, 255] as [UInt8])
    func readings(flags: UInt8) {
        var record = Self.job.record
        record[24] = flags
        #expect(throws: RecordFault.nonsense) { try PictureJob(reading: record) }
    }

    @Test("each kind has one size, whatever it says")
    func sizes() {
        #expect(Self.answer.record.count == PictureAnswer.byteCount)
        #expect(PictureAnswer(job: 0, outcome: .whole, hashes: []).record.count == PictureAnswer.byteCount)
        #expect(Self.terms.record.count == WorkerTerms.byteCount)
    }

    private func fault(_ change: (inout [UInt8]) -> Void, of record: [UInt8] = answer.record) -> RecordFault?
    {
        var record = record
        change(&record)
        do throws(RecordFault) {
            _ = try PictureAnswer(reading: record, to: Self.job)
            return nil
        } catch {
            return error
        }
    }

    @Test("an answer that is not ours, or not for this picture, is named")
    func foreign() {
        #expect(fault { $0[0] ^= 1 } == .unknown)
        #expect(fault { $0[4] = 9 } == .otherVersion(9))
        #expect(fault { $0[6] = 1 } == .unknown)
        #expect(fault { $0[8] = 8 } == .otherJob(8))
        #expect(fault { $0.removeLast() } == .wrongSize(PictureAnswer.byteCount - 1))
        #expect(fault { $0.append(0) } == .wrongSize(PictureAnswer.byteCount + 1))
        for count in 0..<64 { #expect(fault { $0 = Array($0[..<count]) } != nil) }
    }

    @Test("an answer that no decoder can mean is nonsense")
    func nonsense() {
        let first = 32
        #expect(fault { $0[16] = 200 } == .nonsense, "outcome")
        #expect(fault { $0[16] = PictureOutcome.undecodable.rawValue } == .nonsense, "hashes of no picture")
        #expect(fault { $0[18] = 255 } == .nonsense, "more hashes than there can be")
        #expect(fault { $0[first + 32] = 101 } == .nonsense, "quality")
        #expect(fault { $0[first + 33] = 3 } == .nonsense, "reading")
        #expect(fault { $0[first + 34] = 8 } == .nonsense, "orientation")
        #expect(fault { $0[first + 35] = 1 } == .nonsense, "what is not used")
        #expect(fault { $0[$0.count - 1] = 1 } == .nonsense, "behind the last hash")
        #expect(fault { $0[18] -= 1 } == .nonsense, "a hash that is not counted")
    }

    private func isTaken(
        _ outcome: PictureOutcome,
        _ width: Int,
        _ height: Int,
        _ readings: Set<Reading>,
        asked: Set<Reading> = Set(Reading.allCases)
    ) -> Bool {
        let hashes = Self.hashes.filter { readings.contains($0.reading) }
        let answer = PictureAnswer(job: 7, outcome: outcome, width: width, height: height, hashes: hashes)
        return
            (try? PictureAnswer(
                reading: answer.record,
                to: PictureJob(number: 7, byteCount: 9, readings: asked)
            ))
            == answer
    }

    @Test(
        "a hashed picture has a size, and hashes unless a side is too short",
        arguments: [PictureOutcome.whole, .truncated]
    )
    func hashesOfASize(outcome: PictureOutcome) {
        #expect(isTaken(outcome, 5, 5, [.full]))
        #expect(isTaken(outcome, 4, 600, []))
        #expect(!isTaken(outcome, 600, 600, []), "nothing to compare")
        #expect(!isTaken(outcome, 5, 5, []), "nothing to compare")
        #expect(!isTaken(outcome, 4, 600, [.full]))
        #expect(!isTaken(outcome, 0, 0, []))
        #expect(!isTaken(outcome, 0, 9, []))
        #expect(isTaken(.undecodable, 0, 0, []))
        #expect(isTaken(.unread, 0, 0, []))
        #expect(!isTaken(.undecodable, 1, 1, []))
    }

    @Test("the readings are those that were asked for")
    func readingsAsked() {
        #expect(isTaken(.whole, 600, 600, [.full]), "r512 may come to the same bits, and there is no border")
        #expect(!isTaken(.whole, 600, 600, [.r512]))
        #expect(!isTaken(.whole, 600, 600, [.trimmed]))
        #expect(isTaken(.whole, 600, 600, [.r512], asked: [.r512]))
        #expect(!isTaken(.whole, 600, 600, [.full], asked: [.r512]))
        #expect(isTaken(.whole, 512, 512, [.full], asked: [.r512]))
        #expect(!isTaken(.whole, 512, 512, [.r512], asked: [.r512]))
        #expect(isTaken(.whole, 600, 600, [], asked: [.trimmed]))
        #expect(!isTaken(.whole, 600, 600, [.full], asked: [.trimmed]))
    }

    @Test("a cage has no layers that we do not know")
    func unknownLayers() {
        var record = CageReport(layers: .all, landlockABI: 1).record
        record[8] |= 32
        #expect(throws: RecordFault.nonsense) { try CageReport(reading: record) }
    }

    @Test("any bytes are an answer or a fault", arguments: 0..<20 as Range<UInt64>)
    func anything(seed: UInt64) {
        var state = seed &* 0x9E37_79B9_7F4A_7C15 | 1
        for _ in 0..<500 {
            _ = fault { record in
                for _ in 0..<4 {
                    state = state &* 6_364_136_223_846_793_005 &+ 1
                    record[Int(state >> 33) % record.count] = UInt8(truncatingIfNeeded: state >> 25)
                }
            }
        }
    }
}
