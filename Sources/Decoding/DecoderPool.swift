package import LinuxIO
package import UploadModel

/// Workers that decode untrusted pictures to perceptual hashes, outside this process.
///
/// No worker decodes yet: a picture for which a hash is asked cannot be compared and is held, never released.
package final class DecoderPool: Sendable {
    package init() {}

    /// The perceptual hashes of a picture, every reading and orientation.
    ///
    /// - Parameters:
    ///   - picture: A borrowed descriptor, open for reading; its offset is left alone.
    ///   - isAsked: Whether a loaded list holds perceptual hashes.
    package func perceptual(of picture: borrowing Descriptor, isAsked: Bool) -> PerceptualFinding {
        isAsked ? .failed(.undecodable) : .notAsked
    }
}
