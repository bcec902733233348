/// The one key of `known` that `key` was probably meant to be; `nil` when none or several are near.
///
/// Near is a slip or two: at most two letters put in, left out, replaced or swapped, and fewer than half of the known key.
func nearest(to key: String, of known: [String]) -> String? {
    guard key.utf8.count <= longestKey else { return nil }
    let ranked = known.map { (key: $0, slips: slips(from: Array(key.utf8), to: Array($0.utf8))) }
        .filter { $0.slips <= 2 && 2 * $0.slips < $0.key.utf8.count }
    guard let least = ranked.map({ $0.slips }).min() else { return nil }
    let best = ranked.filter { $0.slips == least }
    return best.count == 1 ? best[0].key : nil
}

/// Optimal string alignment: Levenshtein's distance in which two swapped neighbours are one slip.
private func slips(from: [UInt8], to: [UInt8]) -> Int {
    var rows = [Array(0...to.count)]
    for (i, byte) in from.enumerated() {
        var row = [i + 1]
        for (j, other) in to.enumerated() {
            var least = min(rows[i][j] + (byte == other ? 0 : 1), rows[i][j + 1] + 1, row[j] + 1)
            if i > 0, j > 0, byte == to[j - 1], from[i - 1] == other {
                least = min(least, rows[i - 1][j - 1] + 1)
            }
            row.append(least)
        }
        rows.append(row)
    }
    return rows[from.count][to.count]
}

/// Bytes; a longer key is not a slip of ours, and comparing it would take time.
private let longestKey = 64
