import JSONText
import LinuxIO
import UploadModel
import VaultStore

/// Where signed orders go to the daemon and its answers come back: `<state>/orders/`, docs/formats/order.md.
struct OrderDoor: Sendable {
    private let seed: [UInt8]
    private let path: String

    /// Reads the key that orders are signed with, `orders.key`, or makes it; `orders.pub` beside it is what the daemon's
    /// `state.desk_key` holds.
    init(keys: borrowing Descriptor, state: String) throws {
        path = "\(state)/orders"
        let name = Array("orders.key".utf8)
        if try keys.statusIfThere(of: name, subject: "keys/orders.key") == nil {
            let new = (0..<32).map { _ in UInt8.random(in: 0...255) }
            try Self.write("\(Hex.text(new))\n", as: "orders.key", mode: 0o400, in: keys)
        }
        let text = try keys.open(name, subject: "keys/orders.key").readAll(
            limit: 1_024,
            subject: "keys/orders.key"
        )
        guard let seed = Hex.bytes(text.prefix { $0 != 10 }),
            let publicKey = OrderSignature.publicKeyText(seed: seed)
        else { throw DeskUnusable.noIdentity("keys/orders.key: 64 hexadecimal digits are wanted") }
        self.seed = seed
        try Self.write("\(publicKey)\n", as: "orders.pub", mode: 0o444, in: keys)
    }

    private static func write(_ text: String, as name: String, mode: UInt32, in keys: borrowing Descriptor)
        throws
    {
        try keys.writeDurably(Array(text.utf8), as: Array(name.utf8), mode: mode, subject: "keys/\(name)")
    }

    /// Renames an order in whole into the daemon's directory, unless it lies there or is answered.
    ///
    /// - Parameters:
    ///   - attributes: What goes beside a restore as `attributes.json`.
    ///   - content: Writes the plaintext of a restore into the file that it is given.
    func place(
        _ order: Order,
        attributes: [UInt8]? = nil,
        content: (borrowing Descriptor) throws -> Void
    ) throws {
        try place(order.id, order.json.canonical) { directory in
            if order.content != nil { try Self.write(content, in: directory) }
            guard let attributes, order.attributes != nil else { return }
            let name = Array("attributes.json".utf8)
            try directory.writeNew(attributes, as: name, mode: 0o440, subject: "order's attributes")
        }
    }

    func place(_ order: KeyOrder) throws { try place(order.id, order.json.canonical) { _ in } }

    /// - Parameter fill: Writes what lies beside `order.json` in the directory.
    private func place(_ id: UploadID, _ bytes: [UInt8], fill: (borrowing Descriptor) throws -> Void) throws {
        let orders = try Descriptor.directory(path)
        let (name, hidden) = Self.names(id)
        if try answer(to: id) != nil { return }
        if try orders.statusIfThere(of: name, subject: "order") != nil { return }
        if try isTaken(id, orders) { return }
        guard let signature = OrderSignature.sign(bytes, seed: seed) else {
            throw DeskUnusable.noIdentity("orders.key")
        }
        try orders.removeTree(hidden, subject: "order")
        try orders.makeDirectory(hidden, mode: 0o700, subject: "order")
        do {
            let directory = try orders.open(hidden, .directory, subject: "order")
            try fill(directory)
            try directory.writeNew(bytes, as: Array("order.json".utf8), mode: 0o440, subject: "order")
            try directory.writeNew(signature, as: Array("order.sig".utf8), mode: 0o440, subject: "order")
            // The daemon, of the directory's group, removes it when it is answered.
            try directory.setMode(0o2770, subject: "order")
            try directory.sync(subject: "order")
            try orders.rename(hidden, to: orders, name, subject: "order")
        } catch {
            // Plaintext may lie in it.
            try? orders.removeTree(hidden, subject: "order")
            throw error
        }
        try orders.sync(subject: "orders")
    }

    private static func write(
        _ content: (borrowing Descriptor) throws -> Void,
        in directory: borrowing Descriptor
    ) throws {
        let name = Array("content".utf8)
        let file = try directory.open(
            name,
            [.write, .create, .exclusive],
            mode: 0o600,
            subject: "order's content"
        )
        try content(file)
        try file.setMode(0o440, subject: "order's content")
        try file.sync(subject: "order's content")
    }

    private static func names(_ id: UploadID) -> (name: [UInt8], hidden: [UInt8]) {
        let name = Array("order-\(id)".utf8)
        return (name, [UInt8(ascii: ".")] + name)
    }

    private func isTaken(_ id: UploadID, _ orders: borrowing Descriptor) throws(SyscallError) -> Bool {
        try orders.statusIfThere(of: Array("taken-\(id)".utf8), subject: "order") != nil
    }

    /// How often ``withdraw(_:)`` looks. The daemon gives back at most twice a second, and a look takes microseconds.
    private static let looks = 8

    /// Takes an order to destroy back. The daemon renames it before it begins, and one of the two renames finds nothing.
    /// Since the daemon renames it back where its log takes nothing, it may lie in neither place between two looks: what
    /// is nowhere, and is not answered, is looked for again.
    ///
    /// - Returns: False where the daemon has begun. Else it does not carry the order out, unless it is placed again.
    func withdraw(_ id: UploadID) throws -> Bool {
        let orders = try Descriptor.directory(path)
        let (name, hidden) = Self.names(id)
        try orders.removeTree(hidden, subject: "order")
        for _ in 0..<Self.looks {
            if try Self.move(name, to: hidden, in: orders) {
                try orders.sync(subject: "orders")
                try orders.removeTree(hidden, subject: "order")
                // It may have been placed again while the daemon gave it back.
                return try !isTaken(id, orders)
            }
            // In this order: the daemon answers before it removes what it took.
            if try isTaken(id, orders) { return false }
            if let answer = try answer(to: id) { return !answer.done }
        }
        return true
    }

    /// - Returns: Whether it was there.
    private static func move(_ name: [UInt8], to other: [UInt8], in orders: borrowing Descriptor)
        throws(SyscallError) -> Bool
    {
        do throws(SyscallError) {
            try orders.rename(name, to: orders, other, subject: "order")
            return true
        } catch {
            guard error.isNotThere else { throw error }
            return false
        }
    }

    /// What the daemon answered; `nil` while it has not.
    func answer(to order: UploadID) throws -> OrderAnswer? {
        do {
            let file = try Descriptor.open("\(path)/answers/\(order).json")
            return try OrderAnswer(
                try JSONValue(parsing: try file.readAll(limit: 64 * 1_024, subject: "answer"))
            )
        } catch let error as SyscallError where error.isNotThere {
            return nil
        }
    }
}
