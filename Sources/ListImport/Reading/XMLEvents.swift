import CXML2

/// What an XML text says, told as it comes.
protocol XMLListener {
    /// - Parameters:
    ///   - space: The namespace; empty where there is none.
    ///   - line: From 1, where the tag ends.
    mutating func begin(
        _ name: String,
        space: String,
        attributes: [(name: String, value: String)],
        line: UInt64
    ) throws(ListFault.Reason)
    mutating func text(_ bytes: UnsafeRawBufferPointer) throws(ListFault.Reason)
    mutating func end() throws(ListFault.Reason)
}

/// libxml2's push parser, with nothing that reaches out: no network, no files, no entities, no document type.
///
/// Memory is one piece and one tag; libxml2 bounds names, text and depth itself where XML_PARSE_HUGE is not set.
///
/// - Source: libxml2 SAX2 (`xmlSAXHandler`, `xmlParseChunk`).
final class XMLEvents<Listener: XMLListener> {
    var listener: Listener
    private var fault: ListFault?
    private let source: ByteSource
    private var context: xmlParserCtxtPtr?

    init(_ listener: Listener, _ source: ByteSource) {
        self.listener = listener
        self.source = source
    }

    deinit {
        guard let context else { return }
        if let document = context.pointee.myDoc { xmlFreeDoc(document) }
        xmlFreeParserCtxt(context)
    }

    /// Reads the file to its end.
    ///
    /// - Parameter after: Called after each piece; what it throws stops the reading.
    func read(after: (inout Listener) throws -> Void) throws {
        // An unset handler, this thread's own, writes bytes that no encoding takes to the standard error.
        xmlSetStructuredErrorFunc(nil) { _, _ in }
        defer { xmlSetStructuredErrorFunc(nil, nil) }
        var handler = Self.handler
        guard
            let context = xmlCreatePushParserCtxt(
                &handler,
                Unmanaged.passUnretained(self).toOpaque(),
                nil,
                0,
                nil
            )
        else { throw source.fault(.xml(Int32(XML_ERR_NO_MEMORY.rawValue))) }
        self.context = context
        let options = XML_PARSE_NONET.rawValue | XML_PARSE_NOERROR.rawValue | XML_PARSE_NOWARNING.rawValue
        xmlCtxtUseOptions(context, Int32(options))

        while case let piece = try source.next(), !piece.isEmpty {
            // libxml2 grows its buffer by what it is handed, and tells line numbers at its own pace.
            for start in stride(from: 0, to: piece.count, by: Self.step) {
                try feed(piece[start..<min(start + Self.step, piece.count)], isLast: false)
                try after(&listener)
            }
        }
        try feed([], isLast: true)
        try after(&listener)
    }

    private static var step: Int { 16 * 1_024 }

    private var line: UInt64 { UInt64(max(1, xmlSAX2GetLineNumber(context))) }

    private func feed(_ bytes: ArraySlice<UInt8>, isLast: Bool) throws {
        let code = bytes.withUnsafeBytes { buffer in
            xmlParseChunk(
                context,
                buffer.bindMemory(to: CChar.self).baseAddress,
                CInt(buffer.count),
                isLast ? 1 : 0
            )
        }
        if let fault { throw fault }
        if code != 0 {
            let line = xmlCtxtGetLastError(context).map { UInt64(max(1, $0.pointee.line)) } ?? line
            throw source.fault(Self.reason(code), at: .line(line))
        }
    }

    /// - Parameter code: Of `xmlParserErrors`, or -1, which an encoding that breaks leaves in 2.9.
    private static func reason(_ code: CInt) -> ListFault.Reason {
        switch UInt32(bitPattern: code) {
        case XML_ERR_DOCUMENT_END.rawValue, XML_ERR_TAG_NOT_FINISHED.rawValue,
            XML_ERR_DOCUMENT_EMPTY.rawValue:
            .cutShort
        case ...UInt32(CInt.max): .xml(code)
        default: .xml(CInt(XML_I18N_CONV_FAILED.rawValue))
        }
    }

    fileprivate func pass(_ body: (inout Listener) throws(ListFault.Reason) -> Void) {
        guard fault == nil else { return }
        do throws(ListFault.Reason) { try body(&listener) } catch { stop(error) }
    }

    fileprivate func stop(_ reason: ListFault.Reason) {
        fault = source.fault(reason, at: .line(line))
        xmlStopParser(context)
    }

    private static var handler: xmlSAXHandler {
        var handler = xmlSAXHandler()
        handler.initialized = UInt32(XML_SAX2_MAGIC)
        handler.internalSubset = { user, _, _, _ in XMLCalls.of(user).refuseType() }
        handler.startElementNs = { user, name, _, space, _, _, count, _, attributes in
            XMLCalls.of(user).begin(name, space, count, attributes)
        }
        handler.endElementNs = { user, _, _, _ in XMLCalls.of(user).end() }
        handler.characters = { user, text, count in XMLCalls.of(user).text(text, count) }
        handler.cdataBlock = { user, text, count in XMLCalls.of(user).text(text, count) }
        return handler
    }
}

/// What the C functions call: without the generic parameter, which a C function cannot capture.
private protocol XMLCalled: AnyObject {
    func refuseType()
    func begin(
        _ name: UnsafePointer<xmlChar>?,
        _ space: UnsafePointer<xmlChar>?,
        _ count: CInt,
        _ attributes: UnsafeMutablePointer<UnsafePointer<xmlChar>?>?
    )
    func end()
    func text(_ text: UnsafePointer<xmlChar>?, _ count: CInt)
}

private enum XMLCalls {
    static func of(_ user: UnsafeMutableRawPointer?) -> any XMLCalled {
        Unmanaged<AnyObject>.fromOpaque(user!).takeUnretainedValue() as! any XMLCalled
    }
}

extension XMLEvents: XMLCalled {
    fileprivate func refuseType() { stop(.doctype) }

    fileprivate func begin(
        _ name: UnsafePointer<xmlChar>?,
        _ space: UnsafePointer<xmlChar>?,
        _ count: CInt,
        _ attributes: UnsafeMutablePointer<UnsafePointer<xmlChar>?>?
    ) {
        // Five pointers an attribute: local name, prefix, namespace, and where its value begins and ends.
        let read = (0..<Int(count)).map { index -> (name: String, value: String) in
            let value = UnsafeBufferPointer(
                start: attributes![5 * index + 3]!,
                count: attributes![5 * index + 4]! - attributes![5 * index + 3]!
            )
            return (String(cString: attributes![5 * index]!), String(decoding: value, as: UTF8.self))
        }
        pass { listener throws(ListFault.Reason) in
            try listener.begin(
                String(cString: name!),
                space: space.map { String(cString: $0) } ?? "",
                attributes: read,
                line: line
            )
        }
    }

    fileprivate func end() { pass { listener throws(ListFault.Reason) in try listener.end() } }

    fileprivate func text(_ text: UnsafePointer<xmlChar>?, _ count: CInt) {
        pass { listener throws(ListFault.Reason) in
            try listener.text(UnsafeRawBufferPointer(start: text, count: Int(count)))
        }
    }
}
