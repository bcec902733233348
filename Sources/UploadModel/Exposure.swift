/// What one person has had to look at within the last 24 hours.
package struct Exposure: Equatable, Sendable {
    /// Viewings that they began.
    package let viewings: Int
    /// From the beginning of each viewing to its end, together; one that is open counts until now.
    package let seconds: Int64

    /// 24 h, nanoseconds.
    package static let span: Int64 = 24 * 3_600_000_000_000

    /// - Parameter views: Any viewings; those of others and older ones are passed over.
    package init(of person: StaffID, in views: some Sequence<Viewing>, now: Timestamp) {
        var (viewings, nanoseconds) = (0, Int64(0))
        for view in views where view.by == person && now.nanoseconds - view.startedAt.nanoseconds < Self.span
        {
            viewings += 1
            nanoseconds += max(0, (view.endedAt ?? now).nanoseconds - view.startedAt.nanoseconds)
        }
        (self.viewings, seconds) = (viewings, nanoseconds / 1_000_000_000)
    }
}
