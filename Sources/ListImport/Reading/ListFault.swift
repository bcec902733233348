package import JSONText
package import UploadModel

/// What is wrong with a supplier's file; nothing of the list is built then.
///
/// It says where and why and never what stands there, which may be a listed value with a typing error.
package struct ListFault: WayOut, Equatable {
    package let file: String
    package let place: Place
    package let reason: Reason

    package init(file: String, place: Place, reason: Reason) {
        self.file = file
        self.place = place
        self.reason = reason
    }

    package enum Place: Equatable, Sendable {
        case whole
        /// From 1.
        case line(UInt64)
        /// From 1, with where it begins in the unpacked file.
        case entry(UInt64, byte: UInt64)
        /// From 0, in the unpacked file.
        case byte(UInt64)
        /// From 1, among those that were kept: its ordinal.
        case kept(UInt64)
    }

    package enum Reason: Error, Equatable, Sendable {
        // The file
        case notThere, forbidden, notAFile, noFiles
        /// By another program than gzip.
        case packed(String)
        case gzipCutShort, gzipDamaged, gzipBomb, cutShort, badUTF16
        // A line
        case tooLong(limit: Int)
        case noDigest, notPDQ, noName, wrongLength, noType, notHashdeep
        case noColumn(String)
        case columnCount, strayQuote
        // A value
        case notHex, notASize, notAQuality, notATime, mixedTimes, notText, textTooLong, notAValue, repeated
        case missing(String)
        case tooManyValues(limit: Int)
        // JSON
        case json(JSONFault)
        case noEntries(pointer: String)
        case notAnEntry
        case unknownMember
        // XML
        case doctype, notAPage, tooDeep
        /// A number of libxml2's xmlParserErrors.
        case xml(Int32)
        case elementInValue, exploitativeFeed, lastPageMissing
        /// By the number of its first entry.
        case pageMissing(start: UInt64)
        case entryCount(said: UInt64, found: UInt64)
    }
}

extension ListFault {
    package var description: String {
        "\(file): \(place == .whole ? "" : "\(place.name) ")\(reason)"
    }
    package var hint: String {
        switch reason {
        case .pageMissing(let start):
            "fetch the page with start=\(start) of the same from and to, and put it beside the others; what is installed serves on"
        case .lastPageMissing:
            "fetch on until a page names no next one; what is installed serves on"
        case .notThere:
            "put the supplier's file there, or correct the list's \"file\" in the settings; what is installed serves on"
        case .forbidden:
            "let the user that owns the state read it and enter its directories; what is installed serves on"
        case .packed:
            "unpack it, or pack it with gzip; a spreadsheet goes out as CSV; what is installed serves on"
        default: "correct or replace the file and read it again; what is installed serves on"
        }
    }
    package var exitCode: ExitCode { .failed }
}

extension ListFault.Place {
    package var name: String {
        switch self {
        case .whole: "somewhere"
        case .line(let number): "line \(number)"
        case .entry(let number, let byte): "entry \(number) at byte \(byte)"
        case .byte(let offset): "byte \(offset)"
        case .kept(let ordinal): "entry #\(ordinal)"
        }
    }
}

extension ListFault.Reason: CustomStringConvertible {
    package var description: String {
        switch self {
        case .notThere: "is not there"
        case .forbidden: "cannot be read by this user"
        case .packed(let format): "is packed as \(format)"
        case .notAFile: "is no regular file, pipe or directory; links are not followed"
        case .noFiles: "is a directory without a file"
        case .gzipCutShort: "is gzip that was cut short"
        case .gzipDamaged: "is gzip that is damaged"
        case .gzipBomb: "is gzip that unpacks to more than a hundred times its size"
        case .cutShort: "is cut short"
        case .badUTF16: "is not UTF-16 although it begins so"
        case .tooLong(let limit): "is longer than \(limit) bytes"
        case .noDigest: "does not begin with hexadecimal digits"
        case .notPDQ: "does not begin with 64 hexadecimal digits, which a PDQ hash has"
        case .noName: "has something other than two spaces and a file name after the digest"
        case .wrongLength: "does not hold a digest of 32, 40 or 64 hexadecimal digits"
        case .noType: "does not begin with the type of a signal and a blank"
        case .notHashdeep: "is not as hashdeep writes it"
        case .noColumn(let name): "has no column \(name), which the settings name"
        case .columnCount: "has another number of columns than the first"
        case .strayQuote: "has a quotation mark inside of a field or none at its end"
        case .notHex: "holds a value that is not hexadecimal"
        case .notASize: "holds a size that is no number"
        case .notAQuality: "holds a quality that is not 0 to 100"
        case .notATime: "holds a time that cannot be read"
        case .mixedTimes: "holds times as numbers and as dates, which have no common order"
        case .notText: "holds text with control characters or that is not UTF-8"
        case .textTooLong: "holds text that is too long"
        case .notAValue: "holds an object or array in the place of a value"
        case .repeated: "says twice what it may say once"
        case .missing(let part): "has no \(part)"
        case .tooManyValues(let limit): "has more than \(limit) fingerprints in one entry"
        case .json(let fault): "is not JSON: \(fault)"
        case .noEntries(let pointer): "has no array at \(pointer), where the settings look for entries"
        case .notAnEntry: "is no object"
        case .unknownMember: "has a member that no entry has"
        case .doctype: "declares a document type, which no page has"
        case .notAPage: "is no page of Hash Sharing version 2"
        case .tooDeep: "is nested too deeply"
        case .xml(let code): "is not well-formed XML (libxml2 error \(code))"
        case .elementInValue: "has an element inside of a value"
        case .exploitativeFeed: "is of an exploitative feed, which no list of this class may take"
        case .lastPageMissing: "has fewer pages that end an export than it has exports"
        case .pageMissing(let start):
            "is of an export whose page of the entries from number \(start) on is missing"
        case .entryCount(let said, let found):
            "says that it holds \(said) entries of a kind and holds \(found)"
        }
    }
}
