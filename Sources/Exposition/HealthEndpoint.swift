import HTTPTypes
package import Hummingbird
package import HummingbirdCore
package import Logging
package import NIOCore

/// Serves `/metrics`, `/-/healthy` and `/-/ready`, and nothing else.
///
/// A `Service`: give it to the service group, which stops it with the rest. Each answer comes from values
/// that are read when it is asked for. Requests are bounded: no bodies, small headers, few connections, and
/// idle ones closed.
///
/// A Unix socket at the path is removed before the endpoint binds, a living program's too: hold the lock that
/// says there is no other one before this runs. The file stays behind when the endpoint stops.
package struct HealthEndpoint: ApplicationProtocol {
    package enum Address: Equatable, Sendable {
        /// At most ``HealthEndpoint/longestPath`` bytes.
        case unix(path: String)
        /// Port 0 takes a free one, which `onListening` is told.
        case tcp(host: String, port: Int)
    }

    /// 103 bytes: the system would take 107, but the server's library keeps to what every system takes.
    package static let longestPath = 103

    private static let idleLimit: TimeAmount = .seconds(10)
    /// 8 KiB for a request's line and headers together; scrapers send a few hundred bytes.
    private static let headerLimit = 8 * 1024
    private static let connectionLimit = 32

    package let logger: Logger
    private let address: Address
    private let registry: MetricsRegistry
    private let healthy: @Sendable () -> Readiness
    private let ready: @Sendable () -> Readiness
    private let onListening: @Sendable (_ port: Int?) async -> Void

    /// - Parameters:
    ///   - healthy: Whether the program is alive; false asks for a restart. Must not block.
    ///   - ready: Whether it can take in work. Must not block.
    ///   - onListening: Called once the address is bound, before the first request is answered; with the port
    ///     for TCP. For a Unix socket this is the place to set the file's mode (0660) and group: until then
    ///     it has what the umask left, so run with a umask that takes away the group's and others' write bit
    ///     (022 or stricter).
    /// - Throws: ``HealthEndpointFault`` for an address that could never be bound.
    package init(
        address: Address,
        registry: MetricsRegistry,
        healthy: @escaping @Sendable () -> Readiness,
        ready: @escaping @Sendable () -> Readiness,
        logger: Logger,
        onListening: @escaping @Sendable (_ port: Int?) async -> Void = { _ in }
    ) throws(HealthEndpointFault) {
        try Self.check(address)
        self.address = address
        self.registry = registry
        self.healthy = healthy
        self.ready = ready
        // Below warning the server's messages are sentences with values in them, and ours are constants.
        var quiet = logger
        quiet.logLevel = max(logger.logLevel, .warning)
        self.logger = quiet
        self.onListening = onListening
    }

    private static func check(_ address: Address) throws(HealthEndpointFault) {
        guard case .unix(let path) = address else { return }
        guard !path.isEmpty, !path.utf8.contains(0) else { throw .unusableSocketPath }
        guard path.utf8.count <= longestPath else { throw .socketPathTooLong(found: path.utf8.count) }
    }
}

// MARK: - Answers

extension HealthEndpoint {
    package var responder: CallbackResponder<Connection> {
        CallbackResponder { request, connection in
            if request.carriesBody { return refusal(closing: connection) }
            guard let answer = answer(to: request.uri.path) else { return .text(.notFound, "not found\n") }
            switch request.method {
            case .get: return answer()
            case .head: return answer().createHeadResponse()
            default: return .text(.methodNotAllowed, "only GET and HEAD\n", headers: [.allow: "GET, HEAD"])
            }
        }
    }

    /// Not the answer itself but how to get it: a method that is not allowed reads no figures.
    private func answer(to path: String) -> (() -> Response)? {
        switch path {
        case "/metrics": { .metrics(TextExposition.text(of: registry.read())) }
        case "/-/healthy": { .readiness(healthy(), word: "healthy") }
        case "/-/ready": { .readiness(ready(), word: "ready") }
        default: nil
        }
    }

    /// The server would read the body to its end, however long that takes, so the connection is closed.
    private func refusal(closing connection: Connection) -> Response {
        connection.closeAfterAnswer()
        return .text(.contentTooLarge, "no request bodies\n", headers: [.connection: "close"])
    }

    /// What an answer needs to know of its connection.
    package struct Connection: InitializableFromSource {
        private let channel: any Channel

        package init(source: ApplicationRequestContextSource) {
            channel = source.channel
        }

        /// What a graceful stop does to each connection, for this one alone.
        fileprivate func closeAfterAnswer() {
            channel.pipeline.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent())
        }
    }
}

// MARK: - The server

extension HealthEndpoint {
    package var server: HTTPServerBuilder {
        let headers = HTTP1Channel.Configuration.DecoderConfiguration(
            maxHeaderFieldSize: Self.headerLimit,
            maxHeaderListSize: Self.headerLimit,
            maxHeaderFieldCount: 64
        )
        return .http1(configuration: .init(idleTimeout: Self.idleLimit, httpDecoderConfiguration: headers))
    }

    package var configuration: ApplicationConfiguration {
        ApplicationConfiguration(
            address: bindAddress,
            backlog: Self.connectionLimit,
            availableConnectionsDelegate: .maximum(Self.connectionLimit, logger: logger)
        )
    }

    private var bindAddress: BindAddress {
        switch address {
        case .unix(let path): .unixDomainSocket(path: path)
        case .tcp(let host, let port): .hostname(host, port: port)
        }
    }

    @Sendable package func onServerRunning(_ channel: any Channel) async {
        await onListening(channel.localAddress?.port)
    }
}

extension Request {
    fileprivate var carriesBody: Bool {
        headers[.transferEncoding] != nil || (headers[.contentLength] ?? "0") != "0"
    }
}

extension Response {
    fileprivate static func metrics(_ text: String) -> Response {
        .text(.ok, text, headers: [.contentType: TextExposition.contentType])
    }

    fileprivate static func readiness(_ readiness: Readiness, word: String) -> Response {
        .text(readiness.isReady ? .ok : .serviceUnavailable, readiness.text(word))
    }

    fileprivate static func text(
        _ status: HTTPResponse.Status,
        _ text: String,
        headers: HTTPFields = [:]
    ) -> Response {
        var headers = headers
        headers[.contentType] = headers[.contentType] ?? "text/plain; charset=utf-8"
        headers[.cacheControl] = "no-store"
        return Response(status: status, headers: headers, body: .init(byteBuffer: ByteBuffer(string: text)))
    }
}

/// Why an endpoint cannot listen at the address it was given.
package enum HealthEndpointFault: Error, Equatable, CustomStringConvertible {
    case socketPathTooLong(found: Int)
    case unusableSocketPath

    package var description: String {
        switch self {
        case .socketPathTooLong(let found):
            "socket path: \(found) bytes long, but the server takes at most \(HealthEndpoint.longestPath)"
        case .unusableSocketPath:
            "socket path: empty, or with a zero byte in it"
        }
    }
}
