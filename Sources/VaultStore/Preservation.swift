import JSONText
package import LinuxIO
package import UploadModel

/// How one upload is preserved: whom it is sealed to, and what else is kept of it.
package struct SealingTerms: Equatable, Sendable {
    package let audiences: Audiences
    /// While too few custodian keys are drilled.
    package let keepsPlainCopy: Bool

    package init(_ audiences: Audiences, keepsPlainCopy: Bool) {
        (self.audiences, self.keepsPlainCopy) = (audiences, keepsPlainCopy)
    }
}

extension Vault {
    /// Preserves one upload, sealed. When this returns the bundle and its headers are on the disk, were read back from
    /// it and opened again, and have their names, in the second copy too where there is one; when it throws the source
    /// must stay, and it may be called again from the start.
    ///
    /// Called again for a bundle that is there (a crash before its row was written) it reads that one through,
    /// completes its copies, and answers its id. The content and its attributes are left as they are.
    ///
    /// - Parameters:
    ///   - content: Open for reading; read from offset 0 whatever its own position.
    ///   - context: The sidecar's bytes, kept exactly; `nil` where there was none.
    /// - Throws: ``SyscallError``; ``DamagedBundle`` when what is read back, or what has the name already, does
    ///   not verify or open. A damaged bundle under its own name is never overwritten.
    package func preserve(
        _ exhibit: Exhibit,
        content: borrowing Descriptor,
        context: [UInt8]?,
        under terms: SealingTerms
    ) throws -> BundleID {
        let bundle = exhibit.bundle
        let attributes = content.extendedAttributes()
        let subject = exhibit.subjectRecord(context: context, attributes).canonical
        if try has(bundle) {
            try refuse(bundle, if: verify(bundle) + shelf.headerFaults(of: bundle))
            if try terms.keepsPlainCopy && !hasPlainCopy(of: bundle) {
                let plain = try PlainCopy(in: root, of: bundle)
                let copy = try ContentCopy(of: content) { bytes throws(SyscallError) in try plain.take(bytes)
                }
                try plain.finish(copy.digests, subject: subject)
            }
        } else {
            try write(exhibit, content: content, attributes, subject: subject, under: terms)
        }
        try shelf.month(of: bundle).sync(subject: "\(bundle)")
        try recordSecondCopy(of: bundle)
        if let second { try second.copy(bundle, from: shelf, isShredded: isShredded(bundle)) }
        return bundle
    }

    /// Writes a bundle. Its name comes last: once it is there, headers and unsealed copy are.
    private func write(
        _ exhibit: Exhibit,
        content: borrowing Descriptor,
        _ attributes: [ExtendedAttribute],
        subject: [UInt8],
        under terms: SealingTerms
    ) throws {
        let bundle = exhibit.bundle
        let month = try shelf.month(of: bundle)
        try month.placeWhole(bundle.name, subject: "\(bundle)") { hidden in
            var bag = try BagWriter(in: month, hidden, subject: "\(bundle)")
            var taken: ContentCopy?
            let sealed = try bag.addSealed("content", for: terms.audiences, by: sealer) { stream in
                let copy = try read(content, into: &stream, bundle, subject: subject, under: terms)
                taken = copy
                return copy.digests
            }
            let about = try bag.addSealed("subject", for: terms.audiences, by: sealer) { stream in
                try stream.update(subject.span.bytes)
                return FileDigests(of: subject).listed
            }
            guard let taken else { return }
            let sealing: JSONValue = [
                "content": sealed.record, "subject": about.record,
                "recipients": terms.audiences.record,
            ]
            let record = exhibit.technicalRecord(of: taken, attributes, sealing: sealing)
            try bag.addPayload("exhibit.json", record.canonical)
            try bag.addPayload("timeline.jsonl", exhibit.timelineRecord)
            try refuse(bundle, if: bag.finish(exhibit) + bag.faults(of: sealed) + bag.faults(of: about))
            try place(sealed, about, of: bundle, for: terms.audiences)
        }
    }

    /// Reads the source once, into the bundle and, where one is kept, into the unsealed copy.
    private func read(
        _ content: borrowing Descriptor,
        into stream: inout SealingStream,
        _ bundle: BundleID,
        subject: [UInt8],
        under terms: SealingTerms
    ) throws -> ContentCopy {
        guard terms.keepsPlainCopy else {
            return try ContentCopy(of: content) { bytes throws(SyscallError) in try stream.update(bytes) }
        }
        let plain = try PlainCopy(in: root, of: bundle)
        let copy = try ContentCopy(of: content) { bytes throws(SyscallError) in
            try plain.take(bytes)
            try stream.update(bytes)
        }
        try plain.finish(copy.digests, subject: subject)
        return copy
    }

    /// The headers of both bodies; whatever headers a run left that was killed before its bundle had its name go.
    private func place(
        _ content: borrowing SealedFile,
        _ subject: borrowing SealedFile,
        of bundle: BundleID,
        for audiences: Audiences
    ) throws {
        let headers = content.headerFiles + subject.headerFiles
        var files = [HeaderFolder.recipients: RecipientRecord(of: audiences, headers).bytes]
        for (name, bytes) in headers { files[name] = bytes }
        try shelf.place(files, of: bundle) { directory in
            let faults = [
                try content.faultOfHeaders(in: directory, subject: "keys/\(bundle)"),
                try subject.faultOfHeaders(in: directory, subject: "keys/\(bundle)"),
            ]
            try refuse(bundle, if: faults.compactMap(\.self))
        }
    }

    private func refuse(_ bundle: BundleID, if faults: [BundleFault]) throws(DamagedBundle) {
        if !faults.isEmpty { throw DamagedBundle(bundle: bundle, faults: faults) }
    }
}

extension Audiences {
    /// Fingerprints by audience.
    var record: JSONValue {
        var object = JSONObject()
        for audience in Audience.allCases {
            object[audience.rawValue] = .array(self[audience].map { .string($0.fingerprint) })
        }
        return .object(object)
    }
}

extension Descriptor {
    /// Has `write` fill a hidden directory, then gives it its name; whatever fails, nothing hidden is left.
    ///
    /// Makes nothing durable by itself: `write` fsyncs what it wrote, the caller this directory.
    func placeWhole(_ name: [UInt8], subject: String, _ write: (_ hidden: [UInt8]) throws -> Void) throws {
        try removeTree(name.hidden, subject: subject)
        do {
            try write(name.hidden)
            try rename(name.hidden, to: self, name, subject: subject)
        } catch {
            try? removeTree(name.hidden, subject: subject)
            throw error
        }
    }
}
