import Exposition
import Logging
import Metrics
import Synchronization
import Testing

@Suite struct HealthEndpointTests {
    static let families = [MetricFamily(name: "t_bytes_total", kind: .counter, help: "Bytes.")]

    let registry: MetricsRegistry

    init() throws {
        registry = try MetricsRegistry(families: Self.families)
    }

    func serving(
        healthy: Readiness = .ready,
        ready: Readiness = .ready,
        _ body: (LiveEndpoint) async throws -> Void
    ) async throws {
        try await LiveEndpoint.serving(
            registry: registry,
            probes: .init(healthy: { healthy }, ready: { ready }),
            body
        )
    }

    @Test func metricsAreServedOnAUnixSocket() async throws {
        registry.counter("t_bytes_total").add(3)
        try await serving { endpoint in
            let answer = try await endpoint.get("/metrics")
            #expect(answer.status == "HTTP/1.1 200 OK")
            #expect(answer.headers.contains("content-type: text/plain; version=0.0.4; charset=utf-8"))
            #expect(answer.body == TextExposition.text(of: registry.read()))
            #expect(answer.body.contains("\nt_bytes_total 3\n"))
        }
    }

    @Test func aQueryDoesNotChangeThePath() async throws {
        try await serving { endpoint in
            let answer = try await endpoint.get("/metrics?name[]=x")
            #expect(answer.status == "HTTP/1.1 200 OK")
        }
    }

    @Test func readyWithNotes() async throws {
        try await serving(ready: Readiness(notes: ["list a: stale"])) { endpoint in
            let answer = try await endpoint.get("/-/ready")
            #expect(answer.status == "HTTP/1.1 200 OK")
            #expect(answer.body == "ready\nnote: list a: stale\n")
        }
    }

    @Test func notReadySaysWhyOneReasonALine() async throws {
        let readiness = Readiness(reasons: ["no generation", "spool\nreason: b"], notes: ["lease refused"])
        try await serving(ready: readiness) { endpoint in
            let answer = try await endpoint.get("/-/ready")
            #expect(answer.status == "HTTP/1.1 503 Service Unavailable")
            #expect(answer.headers.contains("content-type: text/plain; charset=utf-8"))
            let lines = [
                "not ready", "reason: no generation", "reason: spool reason: b", "note: lease refused",
            ]
            #expect(answer.body == lines.joined(separator: "\n") + "\n")
            let alive = try await endpoint.get("/-/healthy")
            #expect(alive.body == "healthy\n")
        }
    }

    @Test func notHealthyIsNotNotReady() async throws {
        try await serving(healthy: Readiness(reasons: ["lane loop stands still"])) { endpoint in
            let answer = try await endpoint.get("/-/healthy")
            #expect(answer.status == "HTTP/1.1 503 Service Unavailable")
            #expect(answer.body == "not healthy\nreason: lane loop stands still\n")
            let ready = try await endpoint.get("/-/ready")
            #expect(ready.body == "ready\n")
        }
    }

    @Test func readinessIsAskedForAnew() async throws {
        let reasons = Mutex<[String]>(["starting"])
        let probes = LiveEndpoint.Probes(ready: { Readiness(reasons: reasons.withLock { $0 }) })
        try await LiveEndpoint.serving(registry: registry, probes: probes) { endpoint in
            let ready = try await endpoint.get("/-/ready")
            #expect(ready.body == "not ready\nreason: starting\n")
            reasons.withLock { $0 = [] }
            let later = try await endpoint.get("/-/ready")
            #expect(later.body == "ready\n")
        }
    }

    @Test(
        "everything else is not found",
        arguments: ["/", "/metrics/", "/-/", "/-/ready/x", "//metrics", "/%2e"]
    )
    func notFound(_ path: String) async throws {
        try await serving { endpoint in
            let answer = try await endpoint.get(path)
            #expect(answer.status == "HTTP/1.1 404 Not Found")
        }
    }

    @Test func headAnswersWithoutABody() async throws {
        try await serving { endpoint in
            let answer = try await endpoint.ask("HEAD /-/ready HTTP/1.1", "Connection: close")
            #expect(answer.status == "HTTP/1.1 200 OK")
            #expect(answer.headers.contains("content-length: 6"))
            #expect(answer.body.isEmpty)
        }
    }

    @Test("only GET and HEAD are allowed", arguments: ["POST", "PUT", "DELETE", "OPTIONS"])
    func otherMethods(_ method: String) async throws {
        try await serving { endpoint in
            let answer = try await endpoint.ask("\(method) /metrics HTTP/1.1", "Connection: close")
            #expect(answer.status == "HTTP/1.1 405 Method Not Allowed")
            #expect(answer.headers.contains("allow: get, head"))
        }
    }

    @Test(
        "a body is not waited for",
        arguments: ["Transfer-Encoding: chunked", "Content-Length: 1000000000"]
    )
    func bodies(_ header: String) async throws {
        try await serving { endpoint in
            let answer = try await endpoint.ask("POST /metrics HTTP/1.1", header)
            #expect(answer.status == "HTTP/1.1 413 Payload Too Large")
            #expect(answer.headers.contains("connection: close"))
        }
    }

    @Test func aConnectionServesMoreThanOneRequest() async throws {
        try await serving { endpoint in
            let first = "GET /-/ready HTTP/1.1\r\nHost: t\r\n\r\n"
            let answer = try await endpoint.ask(first + "GET /-/healthy HTTP/1.1", "Connection: close")
            #expect(answer.body.hasPrefix("ready\nHTTP/1.1 200 OK"))
        }
    }

    @Test func headersOfAMegabyteAreRefused() async throws {
        try await serving { endpoint in
            let answer = try await endpoint.ask(
                "GET /metrics HTTP/1.1",
                "X: " + String(repeating: "x", count: 16_384)
            )
            #expect(answer.status == "HTTP/1.1 400 Bad Request")
        }
    }

    @Test func tcpTellsWhichPortItTook() async throws {
        try await LiveEndpoint.serving(at: .tcp(host: "127.0.0.1", port: 0), registry: registry) { endpoint in
            let ready = try await endpoint.get("/-/ready")
            #expect(ready.body == "ready\n")
        }
    }

    // MARK: Addresses

    func endpoint(at path: String) throws -> HealthEndpoint {
        try HealthEndpoint(
            address: .unix(path: path),
            registry: registry,
            healthy: { .ready },
            ready: { .ready },
            logger: Logger(label: "test")
        )
    }

    @Test func aSocketPathOf103BytesIsTheLongest() async throws {
        try await LiveEndpoint.serving(pathLength: 103, registry: registry) { endpoint in
            let ready = try await endpoint.get("/-/ready")
            #expect(ready.body == "ready\n")
        }
        let path = "/tmp/" + String(repeating: "é", count: 49) + "x"
        #expect(path.utf8.count == 104)
        #expect(throws: HealthEndpointFault.socketPathTooLong(found: 104)) { try endpoint(at: path) }
    }

    @Test("a path that names no file is refused", arguments: ["", "/tmp/a\u{0}b"])
    func unusablePath(_ path: String) {
        #expect(throws: HealthEndpointFault.unusableSocketPath) { try endpoint(at: path) }
    }

    @Test func theFaultSaysBothNumbers() {
        let message = "socket path: 200 bytes long, but the server takes at most 103"
        #expect(HealthEndpointFault.socketPathTooLong(found: 200).description == message)
    }
}
