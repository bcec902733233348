/// Every metric that we export; docs/metrics.md is the contract, and a test compares the two.
package enum MetricNames: String, CaseIterable, Sendable {
    case buildInfo = "breakwater_build_info"
    case uploads = "breakwater_uploads_total"
    case digestBytes = "breakwater_digest_bytes_total"
    case uploadSeconds = "breakwater_upload_seconds"
    case custodySeconds = "breakwater_custody_seconds"
    case inHand = "breakwater_uploads_in_hand"
    case parked = "breakwater_uploads_parked"
    case oldestWaiting = "breakwater_oldest_waiting_seconds"
    case heldReasons = "breakwater_held_total"
    case retries = "breakwater_retries_total"
    case hints = "breakwater_hints_total"
    case hintOverflows = "breakwater_hint_overflows_total"
    case sweeps = "breakwater_sweeps_total"
    case sweepSeconds = "breakwater_sweep_seconds"
    case sweepFound = "breakwater_sweep_found_total"
    case vanished = "breakwater_vanished_total"
    case leftBehind = "breakwater_left_behind"
    case watches = "breakwater_watches"
    case spoolUp = "breakwater_spool_up"
    case settlePosture = "breakwater_settle_posture"
    case listEntries = "breakwater_list_entries"
    case listDated = "breakwater_list_dated_timestamp_seconds"
    case listLoaded = "breakwater_lists_loaded_timestamp_seconds"
    case reloads = "breakwater_reloads_total"
    case decoderPictures = "breakwater_decoder_pictures_total"
    case decoderLosses = "breakwater_decoder_losses_total"
    case decoderStarts = "breakwater_decoder_starts_total"
    case decoderCage = "breakwater_decoder_cage"
    case bundles = "breakwater_bundles_total"
    case bundleFailures = "breakwater_bundle_failures_total"
    case drafts = "breakwater_drafts_total"
    case custodiansDrilled = "breakwater_custodians_drilled"
    case plainCopies = "breakwater_plain_copies"
    case orders = "breakwater_orders_total"
    case freeBytes = "breakwater_free_bytes"
    case freeInodes = "breakwater_free_inodes"
    case ledgerCommits = "breakwater_ledger_commits_total"
    case ready = "breakwater_ready"
    case residentBytes = "process_resident_memory_bytes"
    case cpuSeconds = "process_cpu_seconds_total"
    case openDescriptors = "process_open_fds"
    case startTime = "process_start_time_seconds"
}

/// What a metric is to those who read it.
extension MetricNames {
    package enum Kind: Sendable { case counter, gauge, seconds }

    package var kind: Kind { contract.kind }
    package var labels: [String] { contract.labels }
    /// One line for the exposition's HELP and for docs/metrics.md.
    package var help: String { contract.help }

    private var contract: (kind: Kind, labels: [String], help: String) {
        switch self {
        case .buildInfo:
            (.gauge, ["version"], "Version of the running program, always 1.")
        case .uploads:
            (.counter, ["spool", "verdict"], "Uploads that got a verdict.")
        case .digestBytes:
            (.counter, ["spool"], "Bytes of uploads that were digested.")
        case .uploadSeconds:
            (.seconds, ["spool"], "Seconds from the claim of an upload to its verdict.")
        case .custodySeconds:
            (
                .seconds, ["spool"],
                "Seconds that preserving an upload took, from its opening to its bundle read back."
            )
        case .inHand:
            (.gauge, [], "Uploads that are claimed and not finished.")
        case .parked:
            (.gauge, [], "Claimed uploads that wait to settle or to be tried again.")
        case .oldestWaiting:
            (.gauge, [], "Seconds that the first upload in the queue has waited for a lane.")
        case .heldReasons:
            (.counter, ["spool", "reason"], "Uploads that could not be compared, by reason.")
        case .retries:
            (.counter, ["spool"], "Tries that met trouble which may pass.")
        case .hints:
            (.counter, ["spool"], "Events of the kernel that named a file.")
        case .hintOverflows:
            (.counter, ["spool"], "Times that the kernel's event queue overflowed.")
        case .sweeps:
            (.counter, ["spool", "reason"], "Sweeps of a spool, by what made them.")
        case .sweepSeconds:
            (.gauge, ["spool"], "Seconds that the last full sweep took.")
        case .sweepFound:
            (
                .counter, ["spool", "reason"],
                "Uploads that a sweep found before any hint did, by what made the sweep."
            )
        case .vanished:
            (.counter, ["spool"], "Hinted files that were gone before their claim.")
        case .leftBehind:
            (
                .gauge, ["spool", "reason"],
                "Entries of incoming that could not be claimed, as of the last full sweep."
            )
        case .watches:
            (.gauge, ["spool"], "Directories that the kernel watches for us.")
        case .spoolUp:
            (.gauge, ["spool"], "Whether the spool's directories are there and served.")
        case .settlePosture:
            (.gauge, ["spool", "posture"], "1 for the way in which writers were last told to have left.")
        case .listEntries:
            (.gauge, ["list"], "Entries of a hash list in the loaded generation.")
        case .listDated:
            (.gauge, ["list", "by"], "What the age of a hash list counts from, seconds since 1970.")
        case .listLoaded:
            (.gauge, [], "When the serving generation was loaded, seconds since 1970.")
        case .reloads:
            (.counter, ["what", "result"], "Reloads of lists and settings.")
        case .decoderPictures:
            (.counter, ["outcome"], "Pictures that a decoder answered for, by what came of them.")
        case .decoderLosses:
            (.counter, ["cause"], "Decoders that were lost over a picture, by how.")
        case .decoderStarts:
            (.counter, [], "Decoders that were started.")
        case .decoderCage:
            (.gauge, ["layer"], "1 for each layer of the decoders' cage that stands.")
        case .bundles:
            (.counter, ["spool"], "Evidence bundles preserved and read back.")
        case .bundleFailures:
            (.counter, ["spool"], "Tries to preserve that failed; the source stays where it is.")
        case .drafts:
            (.counter, ["spool"], "Draft reports written.")
        case .custodiansDrilled:
            (.gauge, [], "Custodian keys that answered a drill within 90 days; evidence needs two.")
        case .plainCopies:
            (.gauge, [], "Unsealed copies of evidence, kept while fewer than two custodian keys are drilled.")
        case .orders:
            (.counter, ["verb", "result"], "Orders taken from people.")
        case .freeBytes:
            (.gauge, ["area"], "Bytes free on the file system of the state.")
        case .freeInodes:
            (.gauge, ["area"], "Inodes free on the file system of the state.")
        case .ledgerCommits:
            (.counter, [], "Transactions that the ledger has committed.")
        case .ready:
            (.gauge, [], "Whether the daemon is ready, as /-/ready says.")
        case .residentBytes:
            (.gauge, [], "Resident memory of the process, bytes.")
        case .cpuSeconds:
            (.counter, [], "CPU time of the process, user and system, seconds.")
        case .openDescriptors:
            (.gauge, [], "Open file descriptors of the process.")
        case .startTime:
            (.gauge, [], "When the process started, seconds since 1970.")
        }
    }
}
