import PictureWire
package import UploadModel

/// Why no decoder says anything of a picture.
package struct NoAnswer: Error, Equatable, Sendable {
    /// What keeps the picture from being compared; with each of these no order releases it.
    package let obstacle: Obstacle
    /// Whether it says nothing of the picture and may be over soon, so that the same picture is worth another try.
    package let mayPass: Bool

    package init(_ obstacle: Obstacle, mayPass: Bool = false) {
        (self.obstacle, self.mayPass) = (obstacle, mayPass)
    }

    /// Its bytes could not be read, by the decoder or for it. Not an input/output error as of other uploads: the upload
    /// is known to be a picture, and was not compared.
    package static let unread = NoAnswer(.undecodable, mayPass: true)
}

// MARK: - What an answer comes to

extension Result<PictureAnswer, NoAnswer> {
    /// What is known of the picture by it. Trouble that may pass counts as a failure, too: ask for it first.
    package var finding: PerceptualFinding {
        switch self {
        case .success(let answer): answer.finding
        case .failure(let none): .failed(none.obstacle)
        }
    }
}

extension PictureAnswer {
    fileprivate var finding: PerceptualFinding {
        switch outcome {
        case .whole, .truncated: PerceptualFinding(hashes, truncated: outcome == .truncated)
        case .undecodable, .unread: .failed(.undecodable)
        case .tooManyPixels, .tooMuchMemory, .tooComplex: .failed(.pictureTooLarge)
        }
    }
}
