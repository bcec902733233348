import UploadModel

// The files, and what persons decided of them.

extension ReadinessRule {
    static let ofFiles = [
        ReadinessRule(
            "RL12",
            .warning,
            .file("ipCaptureEvent"),
            "no address of the upload itself",
            from: Remedy.context("ip")
        ) { $0.reported.contains { $0.details.capture?.event != .upload } },
        ReadinessRule(
            "RL17",
            .warning,
            .file("ipCaptureEvent"),
            "a file has one address; its others are not with the user",
            from: Remedy.context("file.ipCaptureEvent")
        ) { dossier in dossier.files.contains { !$0.areCapturesKept(in: dossier.account) } },
        ReadinessRule(
            "RL18",
            .warning,
            .fileDigests,
            "no file is attached, or what is preserved has other digests",
            from: "the evidence bundle"
        ) { $0.reported.isEmpty || !$0.files.allSatisfy(\.isAttached) },
        ReadinessRule("RL19", .warning, .fileDigests, "MD5 and SHA-1 are not both there", from: nil) {
            $0.reported.contains { !Set(["MD5", "SHA1"]).isSubset(of: $0.details.hashes.map(\.type)) }
        },
        ReadinessRule("RL19", .warning, .fileDigests, "a value is not of the type that it claims", from: nil)
        {
            !$0.files.flatMap(\.details.hashes).allSatisfy(\.isOfItsType)
        },
        ReadinessRule("RL21", .warning, .fileTime, "missing", from: Remedy.context("uploaded_at")) {
            $0.reported.contains { $0.details.uploadedAt == nil }
        },
        ReadinessRule("RL22", .warning, .fileName, "missing", from: Remedy.context("original_filename")) {
            $0.files.contains { $0.details.originalName == nil }
        },
        ReadinessRule("RL22", .warning, .fileName, Finding.escaped, from: Remedy.person) {
            !$0.decided.supplements.map(\.name).allSatisfy { $0.withoutControls == $0 }
        },
        ReadinessRule("RL23", .warning, .file("locationOfFile"), "missing", from: Remedy.context("page_url"))
        {
            $0.reported.contains { $0.details.location == nil }
        },
        ReadinessRule(
            "RL23",
            .warning,
            .file("publiclyAvailable"),
            "does not say whether the public could reach it",
            from: Remedy.context("file.publiclyAvailable")
        ) { $0.reported.contains { $0.details.isPubliclyAvailable == nil } },
        ReadinessRule(
            "RL25",
            .warning,
            .fileInfo,
            "does not say which list entry was met, of which generation, and how",
            from: nil
        ) { $0.files.contains { !$0.areMatchesTold } },
    ]

    static let ofDecisions = [
        ReadinessRule(
            "RL20",
            .blocking,
            .file("fileViewedByEsp"),
            "does not agree with the log of views",
            from: "the log of views"
        ) { $0.files.contains { !$0.isViewTrue } },
        ReadinessRule(
            "RL24",
            .blocking,
            .file("fileRelevance"),
            "a context file is not marked as such, or is marked as more",
            from: Remedy.person
        ) { $0.files.contains { !$0.isRelevanceTrue } },
        ReadinessRule(
            "RL26",
            .blocking,
            .file("industryClassification"),
            "only a person gives it, for a provider that has signed the industry's agreement",
            from: Remedy.person
        ) { dossier in
            dossier.files.contains { file in
                file.details.classification != nil
                    && (file.details.classification != file.decision.classification
                        || !dossier.decided.hasIndustryAgreement)
            }
        },
        ReadinessRule(
            "RL27",
            .warning,
            .file("fileAnnotations"),
            "marked by no person",
            from: Remedy.person
        ) { $0.files.contains { !$0.details.flags.isSubset(of: $0.decision.flags ?? []) } },
        ReadinessRule(
            "RL39",
            .blocking,
            .fileInfo,
            "no match makes a report by itself; a person has to classify the file",
            from: Remedy.person
        ) { dossier in
            dossier.decided.openedBecause == nil
                && !dossier.reported.contains { !$0.warranted.isEmpty || $0.decision.classification != nil }
        },
        ReadinessRule(
            "RL40",
            .blocking,
            .fileInfo,
            "only MD5 agreed, or only a perceptual hash; a person must review the file before it is reported",
            from: Remedy.person
        ) { $0.reported.contains { $0.isWeak && !$0.decision.isReviewed } },
    ]
}

extension FileStanding {
    /// Every address that is known of the file stands with it or with its user.
    fileprivate func areCapturesKept(in account: Account) -> Bool {
        captures.allSatisfy { $0 == details.capture || account.captures.contains($0) }
    }

    var isAttached: Bool {
        guard let preserved else { return false }
        let digests = preserved.members.map(FileHash.init)
        return details.hashes.allSatisfy { hash in
            digests.first { $0.type == hash.type }.map { $0 == hash } ?? true
        }
    }

    var isViewTrue: Bool {
        details.isViewed == decision.isViewed && details.isExifViewed == decision.isExifViewed
            && (!details.isExifViewed || details.isViewed)
    }

    fileprivate var isRelevanceTrue: Bool {
        guard isContext else { return details.relevance == .reported }
        return details.relevance == .supplemental && details.classification == nil
            && !details.flags.contains(.potentialMeme)
    }

    fileprivate var areMatchesTold: Bool {
        warranted.allSatisfy { match in
            details.additionalInfo.contains { text in
                ["\(match.entry.id)", match.entry.provenance.generation].allSatisfy(text.contains)
            }
        }
    }

    /// Nothing that makes the report is strong by itself.
    fileprivate var isWeak: Bool { !matches.isEmpty && !matches.isStrong }
}
