/// The members of an object, in order, no key twice.
///
/// Keys are compared by their bytes. Equality and hash follow the order too; see ``JSONValue``.
package struct JSONObject: Sendable {
    package typealias Member = (key: String, value: JSONValue)

    package private(set) var members: [Member] = []

    /// Where each key stands, once there are more than ``scanned`` of them; empty before.
    private var places: [ExactText: Int] = [:]

    /// Up to so many members are looked through one by one, which is faster than hashing and costs no memory.
    /// A constant, so that reading an object stays linear in its size.
    private static let scanned = 12

    package init() {}

    package var keys: [String] { members.map(\.key) }
    package var count: Int { members.count }
    package var isEmpty: Bool { members.isEmpty }

    /// The member's value. Setting replaces it in its place or appends it; setting `nil` removes it.
    package subscript(key: String) -> JSONValue? {
        get {
            place(of: key).map { members[$0].value }
        }
        set {
            switch (place(of: key), newValue) {
            case (let place?, let value?): members[place].value = value
            case (let place?, nil): remove(at: place)
            case (nil, let value?): add(key, value)
            case (nil, nil): break
            }
        }
    }

    /// - Precondition: `key` is not there yet. Use the subscript for keys from elsewhere.
    package mutating func append(_ key: String, _ value: JSONValue) {
        precondition(appendIfNew(key, value), "a key of a JSON object is there twice")
    }

    /// False where the key was there already; nothing is changed then.
    mutating func appendIfNew(_ key: String, _ value: JSONValue) -> Bool {
        guard place(of: key) == nil else { return false }
        add(key, value)
        return true
    }

    private func place(of key: String) -> Int? {
        if !places.isEmpty { return places[ExactText(key)] }
        let wanted = ExactText(key)
        return members.firstIndex { ExactText($0.key) == wanted }
    }

    private mutating func add(_ key: String, _ value: JSONValue) {
        members.append((key, value))
        if !places.isEmpty {
            places[ExactText(key)] = members.count - 1
        } else if members.count > Self.scanned {
            notePlaces()
        }
    }

    private mutating func remove(at place: Int) {
        members.remove(at: place)
        places = [:]
        if members.count > Self.scanned { notePlaces() }
    }

    private mutating func notePlaces() {
        for (place, member) in members.enumerated() { places[ExactText(member.key)] = place }
    }
}

extension JSONObject: Sequence {
    package func makeIterator() -> IndexingIterator<[Member]> { members.makeIterator() }

    package var underestimatedCount: Int { members.count }
}

extension JSONObject: ExpressibleByDictionaryLiteral {
    /// - Precondition: No key is there twice.
    package init(dictionaryLiteral members: (String, JSONValue)...) { self.init(members) }

    init(_ members: [(String, JSONValue)]) {
        for (key, value) in members { append(key, value) }
    }
}

extension JSONObject: Hashable {
    package static func == (one: JSONObject, other: JSONObject) -> Bool {
        one.members.elementsEqual(other.members) {
            ExactText($0.key) == ExactText($1.key) && $0.value == $1.value
        }
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(members.count)
        for (key, value) in members {
            hasher.combine(ExactText(key))
            hasher.combine(value)
        }
    }
}
