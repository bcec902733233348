/// Why an upload could not be compared. It is held, never released and never called a match.
package enum Obstacle: String, CaseIterable, Error, Sendable {
    case symbolicLink = "symbolic-link"
    case fifo
    case socket
    case device
    /// The kernel did not let the daemon's user read it.
    case unreadable
    /// Its bytes kept changing, or a writer stayed, through every try.
    case keepsChanging = "keeps-changing"
    /// More than one link, where the settings say `hardlinks = "hold"`.
    case hardLinked = "hard-linked"
    case ioError = "io-error"
    /// The daemon was killed each time that it had this upload in hand.
    case crashLimit = "crash-limit"
    /// A picture that could not be decoded while a perceptual list is loaded.
    case undecodable
    /// A picture above the decoder's limits on pixels, bytes, memory or scans.
    case pictureTooLarge = "picture-too-large"
    /// The decoder died or ran out of time on this picture.
    case decoderDied = "decoder-died"
    /// No decoder could be started, or its cage was not whole.
    case noDecoder = "no-decoder"
    /// The name cannot be carried to another directory of the spool.
    case unusableName = "unusable-name"

    /// A picture that was not compared by its hash: no order releases it.
    package var isOfPictures: Bool {
        [.undecodable, .pictureTooLarge, .decoderDied, .noDecoder].contains(self)
    }

    /// One line for the operator: what is wrong and what to do.
    package var explanation: String {
        switch self {
        case .symbolicLink: "a symbolic link, which is never followed; hand over the file itself"
        case .fifo, .socket, .device: "not a regular file, so there are no bytes to compare"
        case .unreadable:
            "breakwaterd's user may not read it; hand files over readable for the spool's group, then retry"
        case .keepsChanging:
            "it changed, or stayed open for writing, through every try; finish writing before the rename"
        case .hardLinked: "another name for the same file exists; hand over a file with one link"
        case .ioError: "reading failed with an input/output error; check the disk, then retry"
        case .crashLimit:
            "the daemon ended each time that it had this upload in hand; report this, then retry"
        case .undecodable: "the picture could not be decoded, so its perceptual hash was not compared"
        case .pictureTooLarge:
            "the picture is above a limit of [decoder], so its perceptual hash was not compared; raise it, then retry"
        case .decoderDied:
            "the decoder died or ran out of time on it, so its perceptual hash was not compared; report this"
        case .noDecoder: "no decoder could be started; see the log for the reason, then retry"
        case .unusableName: "its name is too long to be moved; hand it over under a shorter name"
        }
    }
}
