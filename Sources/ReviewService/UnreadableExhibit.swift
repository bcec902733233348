import Digests
import LinuxIO
import UploadModel
import VaultStore

/// What a person asked to see does not open. Said in the answer: once bytes are on their way there is no room for it.
struct UnreadableExhibit: WayOut, Equatable {
    let bundle: BundleID
    /// Nothing of the upload in it.
    let why: String

    var description: String { "\(bundle) cannot be opened: \(why)" }
    var hint: String {
        "nothing was shown, and no viewing began; run \"breakwater evidence verify\", and bring back what is damaged "
            + "from the second copy or a backup"
    }
    var exitCode: ExitCode { .guaranteeBroken }
}

extension CaseDesk {
    /// Opens an exhibit's beginning, most exhibits whole, before anybody is said to view it.
    func checkOpens(_ bundle: BundleID) throws {
        guard let booked = try book.read({ try $0.exhibit(bundle) }) else {
            throw DeskRefused.noSuch("\(bundle)")
        }
        var digest = RunningDigest(DigestAlgorithms(.sha256))
        var count = 0
        do {
            try shelf(booked.shelf).content(of: bundle) { chunk in
                digest.update(chunk)
                count += chunk.byteCount
                if count > configuration.openedBeforeView { throw Enough() }
            }
        } catch is Enough {
            return
        } catch {
            throw UnreadableExhibit(bundle: bundle, why: "\(error)")
        }
        guard digest.finish().sha256?.hex == booked.sha256 else { throw DeskRefused.changed(bundle) }
    }

    private struct Enough: Error {}
}
