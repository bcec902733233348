import Exposition
import Foundation
import Logging
import NIOCore
import NIOPosix
import ServiceLifecycle

/// A health endpoint that runs as a service on a socket of its own, and a client of plain bytes.
struct LiveEndpoint: Sendable {
    struct Answer {
        let status: String
        /// In lower case, as `name: value`.
        let headers: [String]
        let body: String

        init(_ text: String) {
            let end = text.range(of: "\r\n\r\n")
            let head = text[..<(end?.lowerBound ?? text.endIndex)].components(separatedBy: "\r\n")
            status = head[0]
            headers = head.dropFirst().map { $0.lowercased() }
            body = end.map { String(text[$0.upperBound...]) } ?? ""
        }
    }

    struct Probes: Sendable {
        var healthy: @Sendable () -> Readiness = { .ready }
        var ready: @Sendable () -> Readiness = { .ready }
    }

    private let address: SocketAddress

    /// Runs until `body` returns, then stops in good order. `onListening` says that it is up, not a pause.
    static func serving(
        at address: HealthEndpoint.Address? = nil,
        pathLength: Int = 60,
        registry: MetricsRegistry,
        probes: Probes = Probes(),
        _ body: (LiveEndpoint) async throws -> Void
    ) async throws {
        let path = socketPath(of: pathLength)
        defer { unlink(path) }
        let (listening, up) = AsyncStream<Int?>.makeStream()
        let endpoint = try HealthEndpoint(
            address: address ?? .unix(path: path),
            registry: registry,
            healthy: probes.healthy,
            ready: probes.ready,
            logger: logger,
            onListening: { port in
                up.yield(port)
                up.finish()
            }
        )
        let group = ServiceGroup(configuration: .init(services: [.init(service: endpoint)], logger: logger))
        async let running: Void = {
            defer { up.finish() }  // one that cannot bind ends the wait below, and then throws
            try await group.run()
        }()
        for await port in listening {
            let address = try port.map { try SocketAddress(ipAddress: "127.0.0.1", port: $0) }
            try await body(LiveEndpoint(address: address ?? SocketAddress(unixDomainSocketPath: path)))
        }
        await group.triggerGracefulShutdown()
        try await running
    }

    private static var logger: Logger {
        Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
    }

    private static func socketPath(of length: Int) -> String {
        let start = "/tmp/breakwater-\(UUID().uuidString)-"
        return start + String(repeating: "s", count: length - start.utf8.count)
    }

    func get(_ path: String) async throws -> Answer {
        try await ask("GET \(path) HTTP/1.1", "Connection: close")
    }

    /// Sends a request's head and reads until the endpoint closes the connection.
    func ask(_ requestLine: String, _ header: String) async throws -> Answer {
        let channel = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .connect(to: address) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
                }
            }
        return try await channel.executeThenClose { inbound, outbound in
            let head = [requestLine, "Host: t", header].joined(separator: "\r\n") + "\r\n\r\n"
            try await outbound.write(ByteBuffer(string: head))
            var answer = ByteBuffer()
            for try await part in inbound { answer.writeImmutableBuffer(part) }
            return Answer(String(buffer: answer))
        }
    }
}
