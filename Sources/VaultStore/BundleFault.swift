package import UploadModel

/// One thing that is wrong with an evidence bundle. Paths are those inside the bundle.
package enum BundleFault: Error, Equatable, Sendable {
    /// Nothing has this bundle's name.
    case absent
    /// A file that every bundle has, or that a manifest lists, is not there.
    case missing(String)
    /// A file that this manifest does not list.
    case unlisted(String, manifest: String)
    case listedTwice(String, manifest: String)
    /// Its bytes are not those that this manifest lists.
    case differs(String, manifest: String)
    /// A symbolic link, directory or other thing where a bundle has only files.
    case notAFile(String)
    /// A tag file that does not say what ours say, to the byte.
    case malformed(String)
    /// The bytes and files of the payload are not as many as this tag file states.
    case oxumDiffers(String)
    /// Opened again, this body is not what was sealed.
    case doesNotOpen(String)
    /// This header is not for exactly those whom it was written for.
    case headerDoesNotOpen(String)
    /// Both copies of this are sound, and they are not the same.
    case copiesDiffer(String)
    /// This is left of an exhibit that has a certificate of destruction.
    case destroyed(String)
    /// The custody log has no entry of its sealing, or of its destruction.
    case notInLog
    /// Its tag manifest is not the one that the custody log says was sealed.
    case sealedOtherwise
    /// The certificate of its destruction is not the one of the custody log.
    case certificateDiffers
    /// It was destroyed before the time that its basis gives.
    case destroyedTooEarly
    /// Its headers were shredded, and none is there: nobody opens it any more, as was ordered.
    case headersShredded
    /// These headers are there, though they were shredded.
    case headersCameBack(String)
    /// This record says that headers were shredded, and the custody log has no such order.
    case shreddingNotOrdered(String)
    /// A repair put this aside; nothing is wrong with the exhibit.
    case setAside(String)

    /// The record beside its headers is one of 0.1.0, which has no digests of them.
    case headersWithoutDigests
    /// A second copy lies below this path, and the settings name it no more.
    case notLookedAt(String)

    /// Whether it is said only, and makes nothing unsound.
    package var isNote: Bool {
        switch self {
        case .setAside, .headersShredded, .headersWithoutDigests, .notLookedAt: true
        default: false
        }
    }
}

extension BundleFault: CustomStringConvertible {
    package var description: String {
        switch self {
        case .absent: "there is no such bundle"
        case .missing(let path): "\(path.shown) is missing"
        case .unlisted(let path, let manifest): "\(path.shown) is not listed in \(manifest)"
        case .listedTwice(let path, let manifest): "\(path.shown) is listed twice in \(manifest)"
        case .differs(let path, let manifest): "\(path.shown) does not have the digest that \(manifest) lists"
        case .notAFile(let path): "\(path.shown) is not a regular file"
        case .malformed(let path): "\(path.shown) does not read as this program writes it"
        case .doesNotOpen(let path): "\(path.shown), opened again, is not what was sealed"
        case .headerDoesNotOpen(let path): "\(path.shown) does not open for those whom it was written for"
        case .copiesDiffer(let path): "\(path.shown) is another one in the second copy"
        case .destroyed(let path):
            "\(path.shown) is there, though the exhibit was destroyed; remove it by hand"
        case .notInLog:
            "the custody log has no entry of it; the daemon's next start enters what a kill kept from it"
        case .sealedOtherwise:
            "\(BagManifest.Kind.sha256.tagName) is not the one that the custody log says was sealed"
        case .certificateDiffers: "its certificate of destruction is not the one of the custody log"
        case .destroyedTooEarly: "it was destroyed before the time that its basis gives"
        case .setAside(let path):
            "\(path.shown) was set aside by a repair; it goes with the exhibit, or by hand"
        case .headersShredded: "its headers were shredded, as was ordered: nobody opens it any more"
        case .notLookedAt(let path):
            "it was copied to \(path.shown), which evidence.second_copy does not name: not looked at"
        case .headersWithoutDigests:
            "its headers were written before their digests were kept, so only those who can open them tell whether they "
                + "are sound; \"breakwater keys rewrap\" makes them anew"
        case .headersCameBack(let path):
            "\(path.shown) is there, though the headers were shredded; --repair or the next start removes it"
        case .shreddingNotOrdered(let path):
            "\(path.shown) says that its headers were shredded, and the custody log has no such order, so nothing is removed "
                + "or repaired; bring custody/ back from a backup, have \"breakwater keys shred\" ordered again, or, where "
                + "nobody ordered it, remove that file and look who wrote it"
        case .oxumDiffers(let path): "the payload's size is not the Payload-Oxum of \(path.shown)"
        }
    }
}

/// A bundle that does not verify, under its final name or right after it was written.
package struct DamagedBundle: Error, Equatable, CustomStringConvertible {
    package let bundle: BundleID
    /// At least one.
    package let faults: [BundleFault]

    package init(bundle: BundleID, faults: [BundleFault]) { (self.bundle, self.faults) = (bundle, faults) }

    package var description: String {
        let more = faults.count > 1 ? " (and \(faults.count - 1) more)" : ""
        let first = faults.first.map { "\($0)" } ?? "damaged"
        return
            "bundle \(bundle): \(first)\(more); leave it as it is, check the disk and compare with a backup"
    }
}

extension BundleFault {
    /// How a repair sets it right.
    var repair: String {
        if case .headersCameBack = self { "removed" } else { "repaired from the other copy" }
    }
}

extension String {
    /// Fit for a line of output: a stray file may have any name.
    fileprivate var shown: String {
        String(decoding: utf8.map { $0.isShowable ? $0 : UInt8(ascii: "?") }, as: UTF8.self)
    }
}

extension UInt8 {
    fileprivate var isShowable: Bool { (0x21...0x7E).contains(self) }
}
