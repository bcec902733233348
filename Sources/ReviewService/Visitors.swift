/// Connections in hand, by the user of the operating system, so that one of them keeps nobody else out.
struct Visitors {
    private var counts: [UInt32: Int] = [:]

    /// All connections at a time, and those of one user.
    private static let most = 32
    private static let mostOfOne = 4

    var isEmpty: Bool { counts.isEmpty }

    /// - Returns: Whether there is room; it is counted then, until ``leave(_:)``.
    mutating func admit(_ user: UInt32) -> Bool {
        guard counts[user, default: 0] < Self.mostOfOne, counts.values.reduce(0, +) < Self.most else {
            return false
        }
        enter(user)
        return true
    }

    mutating func enter(_ user: UInt32) { counts[user, default: 0] += 1 }

    mutating func leave(_ user: UInt32) {
        counts[user] = counts[user].flatMap { $0 > 1 ? $0 - 1 : nil }
    }
}
