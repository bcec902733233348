import UploadModel

/// The custody machine, stage by stage: what may follow, what is due then. The rest is out of order.
enum CustodyTable {
    static let rows: [CustodyRow] = beforeVerdict + [stopped, held, undecodable] + quarantine + ended

    /// Wherever the source is not compared yet, or not yet let go.
    private static let troubles: [CustodyStep] = [
        CustodyStep(.unreadable(.fifo), .hold(.fifo), .stopped(.fifo)),
        CustodyStep(.unreadable(.undecodable), .hold(.undecodable), .stopped(.undecodable)),
        CustodyStep(.vanished, .nothing, .closed(.withdrawn)),
    ]

    private static let beforeVerdict: [CustodyRow] = [
        CustodyRow("just claimed", [], then: claimed),
        CustodyRow("claimed, and interrupted twice", [.interrupted, .interrupted], then: claimed),
        CustodyRow(
            "a picture's digests are known",
            [.digested(all, picture: true)],
            then: findings.map { CustodyStep(.perceptual($0), .compare, .measured(all, $0)) } + troubles
        ),
        CustodyRow(
            "no picture, its digests known",
            [.digested(onlyMD5, picture: false)],
            then: measured(.notAsked)
        ),
        CustodyRow("a picture that says too little", Lives.toMeasured, then: measured(.unusable)),
        CustodyRow(
            "a picture with its hashes",
            [.digested(onlyMD5, picture: true), .perceptual(findings[1])],
            then: measured(findings[1])
        ),
        CustodyRow(
            "further digests were computed",
            Lives.toMeasured + [.digested(all, picture: true)],
            then: measured(.unusable)
        ),
        CustodyRow(
            "a picture that could not be decoded",
            Lives.toFailed,
            then: [
                CustodyStep(.unlisted, .hold(.undecodable), .stopped(.undecodable)),
                CustodyStep(.suppressed(suppressed), .bundle(suppressed), .quarantined(suppressed)),
            ]
                + moreDigests(undecoded) + matched + troubles
        ),
        CustodyRow("on no list", [.digested(all, picture: false), .unlisted], then: cleared),
        CustodyRow(
            "every match suppressed",
            [.digested(all, picture: false), .suppressed(suppressed)],
            then: [
                CustodyStep(.released, .nothing, .closed(.released)),
                CustodyStep(.unreadable(.fifo), .bundle(suppressed), .quarantined(suppressed)),
                CustodyStep(.unreadable(.undecodable), .bundle(suppressed), .quarantined(suppressed)),
                troubles[2],
            ]
        ),
        CustodyRow("released by an order", Lives.toHeld + [.ordered(order(.release))], then: cleared),
    ]

    private static let suppressed = [match(.watch), match(.benign)]

    private static let claimed: [CustodyStep] =
        [
            CustodyStep(.interrupted, .digest, .claimed),
            CustodyStep(.digested(all, picture: true), .decode, .digested(all)),
            CustodyStep(.digested(all, picture: false), .compare, .measured(all, .notAsked)),
            CustodyStep(.digested(onlyMD5, picture: false), .compare, .measured(onlyMD5, .notAsked)),
        ] + troubles

    private static let cleared: [CustodyStep] =
        [CustodyStep(.released, .nothing, .closed(.released))] + troubles

    private static func measured(_ finding: PerceptualFinding) -> [CustodyStep] {
        [
            CustodyStep(.unlisted, .release, .cleared([])),
            CustodyStep(.suppressed(suppressed), .release, .cleared(suppressed)),
        ] + moreDigests(finding) + matched + troubles
    }

    /// What the decoder found stays, whatever is digested again.
    private static func moreDigests(_ finding: PerceptualFinding) -> [CustodyStep] {
        [
            CustodyStep(.digested(all, picture: true), .compare, .measured(all, finding)),
            CustodyStep(.digested(all, picture: false), .compare, .measured(all, finding)),
            CustodyStep(.digested(onlyMD5, picture: false), .compare, .measured(onlyMD5, finding)),
        ]
    }

    private static let matched: [CustodyStep] = [
        [match(.csam)], [match(.watch), match(.csam, grade: .g4)],
    ].map { CustodyStep(.listed($0), .bundle($0), .quarantined($0)) }

    private static let stopped = CustodyRow(
        "could not be compared",
        [.unreadable(.fifo)],
        then: [CustodyStep(.held, .nothing, .held(.fifo))]
    )

    private static let held = CustodyRow("held", Lives.toHeld, then: heldOrders + [releaseOrder])

    private static let undecodable = CustodyRow(
        "held, since it could not be decoded",
        Lives.toUndecodable,
        then: heldOrders
    )

    private static let heldOrders: [CustodyStep] = [
        CustodyStep(.ordered(order(.retry)), .retry, .claimed),
        CustodyStep(.ordered(order(.preserve)), .bundle([]), .quarantined([])),
    ]

    private static let releaseOrder = CustodyStep(.ordered(order(.release)), .release, .cleared([]))

    private static let quarantine: [CustodyRow] = [
        CustodyRow(
            "on a list",
            Array(Lives.toBundled.prefix(2)),
            then: [CustodyStep(.bundled(bundle), .removeSource(bundle), .bundled(bundle, [match(.csam)]))]
        ),
        CustodyRow(
            "preserved",
            Lives.toBundled,
            then: [CustodyStep(.sourceRemoved, .draft(bundle), .sourceRemoved(bundle))]
        ),
        CustodyRow(
            "preserved by an order",
            Lives.toHeld + [.ordered(order(.preserve)), .bundled(bundle)],
            then: [CustodyStep(.sourceRemoved, .nothing, .awaitingReview(bundle))]
        ),
        CustodyRow(
            "only the bundle is left",
            Lives.toBundled + [.sourceRemoved],
            then: [CustodyStep(.drafted(DraftID(upload)), .nothing, .awaitingReview(bundle))]
        ),
        CustodyRow(
            "waits for a person",
            Lives.toReview,
            then: [
                CustodyStep(
                    .ordered(order(.restore)),
                    .restore(order(.restore)),
                    .restoring(order(.restore))
                ),
                CustodyStep(
                    .ordered(order(.destroy)),
                    .destroy(order(.destroy)),
                    .destroying(order(.destroy))
                ),
            ]
        ),
        CustodyRow(
            "being restored",
            Lives.toReview + [.ordered(order(.restore))],
            then: [
                CustodyStep(.restored, .nothing, .closed(.restored)),
                CustodyStep(.refused, .nothing, .awaitingReview(bundle)),
            ]
        ),
        CustodyRow(
            "being destroyed",
            Lives.toReview + [.ordered(order(.destroy))],
            then: [CustodyStep(.destroyed, .nothing, .closed(.destroyed))]
        ),
    ]

    private static let ended: [CustodyRow] = [
        CustodyRow("released", Lives.released, then: []),
        CustodyRow("withdrawn", [.vanished], then: []),
        CustodyRow(
            "restored",
            Lives.toReview + [.ordered(order(.restore)), .restored],
            then: [
                CustodyStep(
                    .ordered(order(.destroy)),
                    .destroy(order(.destroy)),
                    .destroying(order(.destroy))
                )
            ]
        ),
        CustodyRow("destroyed", Lives.toReview + [.ordered(order(.destroy)), .destroyed], then: []),
    ]
}
