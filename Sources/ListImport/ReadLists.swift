import UploadModel

/// Reads plain lists into a build.
enum ReadLists {
    static func read(_ sources: [ListSource], into build: inout GenerationBuild) throws
        -> [BuildReport.ListReport]
    {
        var reports: [BuildReport.ListReport] = []
        for (place, source) in sources.enumerated() { reports.append(try read(source, place, into: &build)) }
        return reports
    }

    private static func read(_ source: ListSource, _ place: Int, into build: inout GenerationBuild) throws
        -> BuildReport.ListReport
    {
        var report = BuildReport.ListReport(name: source.name)
        report.read = try PlainListReader.read(source.file, as: source.format) { value in
            if let reason = BuildReport.Rejection(of: value) {
                report.rejected[reason, default: 0] += 1
            } else if try build.add(ImportedEntry(value), list: place) {
                report.kept += 1
            } else {
                report.duplicates += 1
            }
        }
        guard report.kept > 0 || source.synthetic else { throw BuildFault.emptyList(source.name) }
        return report
    }
}

extension ImportedEntry {
    fileprivate init(_ value: ListedValue) {
        self.init()
        switch value {
        case .digest(let digest):
            switch digest.algorithm {
            case .md5: md5 = digest
            case .sha1: sha1 = digest
            case .sha256: sha256 = digest
            }
        case .perceptual(let bits): perceptual = bits
        }
    }
}

extension BuildReport.Rejection {
    fileprivate init?(of value: ListedValue) {
        switch value {
        case .digest(let digest):
            guard Self.ofEmptyFile.contains(digest) else { return nil }
            self = .emptyFile
        case .perceptual(let bits):
            if PerceptualHash.isBalanced(bits) { return nil }
            self = .unbalanced
        }
    }

    /// Of no bytes: RFC 1321, appendix A.5; FIPS 180-4 for the others.
    private static let ofEmptyFile: Set<Digest> = Set(
        [
            "d41d8cd98f00b204e9800998ecf8427e",
            "da39a3ee5e6b4b0d3255bfef95601890afd80709",
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        ].compactMap { Digest(hex: $0.utf8) }
    )
}
