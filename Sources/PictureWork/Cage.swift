import CCage
package import PictureWire

/// The cage of this process. What it gives up here it never gets back.
package enum Cage {
    /// Memory that is no picture's: the rows in hand, the hasher, the answer.
    private static let besides: UInt64 = 64 << 20
    /// The channel, two that go nowhere, the picture, and one to spare: for a second picture, which is refused.
    private static let descriptors: UInt64 = 5

    /// Closes what was inherited besides the channel and the outputs, and settles how the heap behaves.
    package static func prepare(name: String) {
        _ = bw_close_from(3)
        bw_name_process(name)
        steadyHeap()
    }

    /// Has the heap keep what ordinary pictures need, from one to the next.
    package static func steadyHeap() { bw_steady_heap() }

    /// Builds the layers that are wanted and tells which of them stand.
    ///
    /// - Parameter wanted: All of them, except in tests of single layers.
    package static func enter(_ terms: WorkerTerms, wanted: CageLayers = .all) -> CageReport {
        var limits = bw_cage_limits(
            memory: terms.memory + besides,
            cpu_seconds: terms.cpuSecondsInAll,
            descriptors: descriptors
        )
        var landlockABI: CInt = 0
        let built = bw_cage_enter_layers(&limits, wanted.rawValue, &landlockABI)
        return CageReport(layers: CageLayers(rawValue: built), landlockABI: UInt32(landlockABI))
    }

    /// Ends this process by SIGPROF when it has used so much more CPU time.
    static func allowCPU(milliseconds: UInt64) { _ = bw_limit_cpu_from_now(UInt32(clamping: milliseconds)) }
}
