import Exposition
import UploadModel

/// How many exhibits come to the end of their keeping, and how many are held: counts alone, of what was not destroyed.
struct RetentionFigures: Equatable {
    /// By the notice that an exhibit has been given last, in days before its end; 0 where its end has
    /// come, or where it is not csam and may be destroyed.
    private(set) var due: [Int64: Int] = [:]
    /// Not submitted, and nobody has decided for so many days.
    private(set) var undecided: [Int64: Int] = [:]
    /// Exhibits that a hold of this kind keeps from being destroyed; one with two kinds counts twice.
    private(set) var held: [Hold.Kind: Int] = [:]

    mutating func count(_ retention: Retention, at time: Timestamp) {
        switch retention.standing(at: time) {
        case .expired: due[0, default: 0] += 1
        case .notCSAM(let from) where time >= from: due[0, default: 0] += 1
        case .expiring(_, let days): due[days, default: 0] += 1
        case .unsubmitted(let days?): undecided[days, default: 0] += 1
        case .unsubmitted(nil), .notCSAM, .preserved: break
        }
        for kind in Set(retention.activeHolds(at: time).map(\.kind)) { held[kind, default: 0] += 1 }
    }

    var readings: [FamilyReading] {
        [
            DeskMetrics.gauge(
                "breakwater_desk_retention_due",
                "Exhibits near the end of their keeping, by days of notice; 0 where it has come.",
                "days",
                Retention.notices.map { ("\($0)", due[$0] ?? 0) }
            ),
            DeskMetrics.gauge(
                "breakwater_desk_retention_undecided",
                "Exhibits that are not submitted and that nobody has decided on, by days of the alarm.",
                "days",
                Retention.undecidedAlarms.map { ("\($0)", undecided[$0] ?? 0) }
            ),
            DeskMetrics.gauge(
                "breakwater_desk_holds",
                "Exhibits that a hold keeps from being destroyed, by kind of hold.",
                "kind",
                Hold.Kind.allCases.map { ($0.rawValue, held[$0] ?? 0) }
            ),
        ]
    }
}
