package import LinuxIO
package import PictureWire
import UploadModel

/// A decoder's whole life: terms in, cage, posture out, then one picture after the other until the channel closes.
package struct Worker: ~Copyable {
    private let channel: PacketChannel
    private let terms: WorkerTerms
    private let bytes: PictureBytes

    private init(_ channel: consuming PacketChannel, _ terms: WorkerTerms, _ bytes: PictureBytes) {
        self.channel = channel
        self.terms = terms
        self.bytes = bytes
    }

    /// Takes the terms from descriptor 0, builds the cage and says what stands of it.
    ///
    /// - Parameter wanted: All layers, except in tests of single layers.
    package static func start(wanted: CageLayers = .all) throws -> Worker {
        let channel = PacketChannel(Descriptor(owning: 0))
        Cage.prepare(name: "bw-decoder")
        let packet = try channel.receive(limit: WorkerTerms.byteCount)
        let terms = try WorkerTerms(reading: packet.bytes)
        // Libraries look around when they are first used, which is too late inside.
        let bytes = PictureBytes()
        for sample in Sample.all { _ = bytes.decode(sample, terms) }
        try channel.send(Cage.enter(terms, wanted: wanted).record)
        return Worker(channel, terms, bytes)
    }

    /// Answers every picture that comes; returns when the daemon has closed the channel.
    ///
    /// - Parameter decode: Given only by tests, which do worse things than decoding.
    package func serve(
        _ decode: (PictureBytes, borrowing Descriptor, WorkerTerms, PictureJob) -> DecodedPicture = {
            $0.decode($1, $2, $3)
        }
    ) throws {
        while let assignment = try nextAssignment() {
            Cage.allowCPU(milliseconds: terms.cpuMilliseconds)
            let decoded = decode(bytes, assignment.picture, terms, assignment.job)
            Cage.allowCPU(milliseconds: 0)
            try channel.send(decoded.answer(to: assignment.job).record)
        }
    }

    private func nextAssignment() throws -> Assignment? {
        let packet = try channel.receive(limit: PictureJob.byteCount, letsIn: true)
        if packet.bytes.isEmpty { return nil }
        let job = try PictureJob(reading: packet.bytes)
        guard let picture = packet.takeDescriptor() else { throw RecordFault.nonsense }
        return Assignment(job: job, picture: picture)
    }
}

/// A picture in hand.
private struct Assignment: ~Copyable {
    let job: PictureJob
    let picture: Descriptor
}
