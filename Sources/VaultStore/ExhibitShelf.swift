package import JSONText
package import LinuxIO
package import UploadModel

/// Exhibits of any node, to be read: those of the daemon on this machine, or copies from another one. Changes nothing.
package final class ExhibitShelf: Sendable {
    private let exhibits: Descriptor

    /// - Parameter path: A state directory, or its `vault/exhibits` alone.
    package init(at path: String) throws(SyscallError) {
        let root = try Descriptor.directory(path)
        if try root.statusIfThere(of: Array("vault/exhibits".utf8), subject: path) == nil {
            exhibits = root
        } else {
            exhibits = try root.open(Array("vault/exhibits".utf8), .directory, subject: path)
        }
    }

    /// Visits every complete bundle.
    package func bundles(_ visit: (BundleID) throws -> Void) throws {
        try exhibits.eachDirectory { year in
            try year.eachDirectory { month in
                var entries = try DirectoryEntries(of: month, subject: "exhibits")
                while let entry = try entries.next() {
                    if let bundle = BundleID(String(decoding: entry.name, as: UTF8.self)) { try visit(bundle) }
                }
            }
        }
    }

    /// `data/exhibit.json`; not verified.
    package func record(of bundle: BundleID) throws -> JSONValue {
        try JSONValue(parsing: try read("exhibit.json", of: bundle, limit: JSONLimits.own.bytes))
    }

    /// `data/subject.json`, what may point to a person; not verified.
    package func subject(of bundle: BundleID) throws -> JSONValue {
        try JSONValue(parsing: try read("subject.json", of: bundle, limit: JSONLimits.own.bytes))
    }

    /// The bytes that the application sent with the upload; `nil` where there were none.
    package func context(of bundle: BundleID) throws(SyscallError) -> [UInt8]? {
        do throws(SyscallError) {
            return try read("context", of: bundle, limit: Context.largest)
        } catch {
            if error.isNotThere { return nil }
            throw error
        }
    }

    /// The upload itself, open for reading.
    package func content(of bundle: BundleID) throws(SyscallError) -> Descriptor {
        try exhibits.open(bundle.path + Array("/data/content".utf8), subject: "\(bundle)")
    }

    private func read(_ name: String, of bundle: BundleID, limit: Int) throws(SyscallError) -> [UInt8] {
        try exhibits.open(bundle.path + Array("/data/\(name)".utf8), subject: "\(bundle)")
            .readAll(limit: limit, subject: "\(bundle)")
    }
}

extension Descriptor {
    /// Opens each directory of years or months below this one.
    fileprivate func eachDirectory(_ body: (borrowing Descriptor) throws -> Void) throws {
        var entries = try DirectoryEntries(of: self, subject: "exhibits")
        while let entry = try entries.next() {
            guard entry.name.allSatisfy(\.isDigit), try kind(of: entry) == .directory else { continue }
            let directory = try open(entry.name, .directory, subject: "exhibits")
            try body(directory)
        }
    }
}

extension UInt8 {
    fileprivate var isDigit: Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self) }
}
