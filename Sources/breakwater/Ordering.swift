import JSONText
import LedgerStore
import LinuxIO
import UploadModel

extension Deployment {
    /// Gives the daemon one order for each upload, and waits up to ten seconds for the answers.
    ///
    /// - Returns: `done` when all were carried out, `no` when one was refused, `mayPass` when the daemon did not
    ///   answer: the order stays, and is taken when it runs.
    func order(_ verb: Order.Verb, _ prefixes: [String], reason: String, json: Bool) throws -> ExitCode {
        let ledger = try ledger()
        let orders = try prefixes.map { prefix in
            let now = Timestamp(nanoseconds: Clocks.realtime)
            let upload = try upload(prefix, in: ledger, least: 8)
            return Order(id: .fresh(at: now), verb: verb, upload: upload.id, reason: reason, at: now)
        }
        let desk = try state().open(Array("orders".utf8), .directory, subject: "orders")
        for order in orders { try place(order, on: desk) }
        let deadline = Clocks.monotonic + 10_000_000_000
        var code = ExitCode.done
        for order in orders {
            let answer = try answer(to: order, on: desk, until: deadline)
            try say(answer, order, json: json)
            if answer?.done == false { code = .no }
            if answer == nil && code == .done { code = .mayPass }
        }
        return code
    }

    /// Written under a hidden name and renamed in whole.
    private func place(_ order: Order, on desk: borrowing Descriptor) throws {
        let name = Array("order-\(order.id)".utf8)
        let hidden = [UInt8(ascii: ".")] + name
        try desk.makeDirectory(hidden, mode: 0o700, subject: "order")
        let directory = try desk.open(hidden, .directory, subject: "order")
        try directory.writeNew(
            order.json.canonical,
            as: Array("order.json".utf8),
            mode: 0o600,
            subject: "order"
        )
        try directory.sync(subject: "order")
        try desk.rename(hidden, to: desk, name, subject: "order")
        try desk.sync(subject: "orders")
    }

    private func answer(
        to order: Order,
        on desk: borrowing Descriptor,
        until deadline: Int64
    ) throws -> OrderAnswer? {
        let name = Array("answers/\(order.id).json".utf8)
        while true {
            if try desk.statusIfThere(of: name, subject: "answer") != nil {
                let bytes = try desk.open(name, subject: "answer").readAll(
                    limit: 64 * 1_024,
                    subject: "answer"
                )
                return try OrderAnswer(try JSONValue(parsing: bytes))
            }
            if Clocks.monotonic > deadline { return nil }
            ThisProcess.sleep(milliseconds: 50)
        }
    }

    private func say(_ answer: OrderAnswer?, _ order: Order, json: Bool) throws {
        if json {
            let done: JSONValue = answer.map { .bool($0.done) } ?? .null
            return try Output.line([
                "order": .string("\(order.id)"), "upload": .string("\(order.upload)"), "done": done,
                "message": .optional(answer?.message),
            ])
        }
        guard let answer else {
            return try Output.line(
                "\(order.upload): no answer within 10 s; breakwaterd takes the order when it runs"
            )
        }
        try Output.line("\(order.upload): \(answer.done ? "" : "refused: ")\(answer.message)")
    }
}
