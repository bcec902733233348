/// The layers of the cage, each a bit; the numbers are those of the C header that builds them.
package struct CageLayers: OptionSet, Hashable, Sendable {
    package let rawValue: UInt32

    package init(rawValue: UInt32) { self.rawValue = rawValue }

    package static let noNewPrivileges = CageLayers(rawValue: 1)
    package static let notDumpable = CageLayers(rawValue: 2)
    package static let limits = CageLayers(rawValue: 4)
    package static let landlock = CageLayers(rawValue: 8)
    package static let systemCalls = CageLayers(rawValue: 16)

    package static let all: CageLayers = [.noNewPrivileges, .notDumpable, .limits, .landlock, .systemCalls]

    /// Each layer with the name that the metrics and the log use.
    package static let named: [(layer: CageLayers, name: String)] = [
        (.noNewPrivileges, "no-new-privileges"), (.notDumpable, "not-dumpable"), (.limits, "limits"),
        (.landlock, "landlock"), (.systemCalls, "system-calls"),
    ]

    package var names: [String] { Self.named.filter { contains($0.layer) }.map(\.name) }
}

/// The posture that a worker reached, said before it sees the first picture.
package struct CageReport: Equatable, Sendable {
    package let layers: CageLayers
    /// 0 where the kernel has no Landlock.
    package let landlockABI: UInt32

    package static let byteCount = RecordKind.cage.byteCount

    package init(layers: CageLayers, landlockABI: UInt32) {
        (self.layers, self.landlockABI) = (layers, landlockABI)
    }

    package init(reading record: [UInt8]) throws(RecordFault) {
        var reader = try RecordReader(record, .cage)
        layers = CageLayers(rawValue: reader.get())
        landlockABI = reader.get()
        guard CageLayers.all.isSuperset(of: layers) else { throw .nonsense }
    }

    package var record: [UInt8] {
        var writer = RecordWriter(.cage)
        writer.put(layers.rawValue)
        writer.put(landlockABI)
        return writer.bytes
    }
}
