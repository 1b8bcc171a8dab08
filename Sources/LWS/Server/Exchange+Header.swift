import CLibwebsockets

extension Exchange {
    /// Sends a response's status and fields.
    /// - Parameters:
    ///   - body: sent with them in one write; over HTTP/1.1 only.
    ///   - isFinal: whether no body follows.
    func writeHeader(
        status: Int, _ headers: [(name: String, value: String)], contentLength: Int?, to wsi: OpaquePointer,
        with body: [UInt8] = [], isFinal: Bool = false
    ) -> Bool {
        var headers = headers
        if let contentLength { headers.append(("content-length", String(contentLength))) }
        // Each field is one line. A value that would break out of it is refused here.
        for (_, value) in headers where value.utf8.contains(where: { $0 < 0x20 && $0 != 0x09 || $0 == 0x7F }) {
            return false
        }
        return isHTTP2
            ? writeHTTP2(status, headers, to: wsi, isFinal: isFinal) : writeHTTP1(status, headers, body, to: wsi)
    }

    /// Sends 100 Continue over HTTP/2 to a peer that waits for it before it sends its body (RFC 9110, section
    /// 10.1.1). Returns false where it cannot be sent.
    func sendContinue(to wsi: OpaquePointer) -> Bool { writeHTTP2(100, [], to: wsi, isFinal: false) }

    /// Written as text and not by libwebsockets, which before an upgrade does not know the version of the request,
    /// and writes HTTP/1.0.
    private func writeHTTP1(
        _ status: Int, _ headers: [(name: String, value: String)], _ body: [UInt8], to wsi: OpaquePointer
    ) -> Bool {
        var text = Response.head(status, headers)
        return text.withUTF8 { bytes in
            let count = bytes.count + body.count
            guard count <= loop.scratch.capacity else { return false }
            loop.scratch.start.update(from: bytes.baseAddress!, count: bytes.count)
            body.withUnsafeBufferPointer { body in
                guard let start = body.baseAddress else { return }
                (loop.scratch.start + bytes.count).update(from: start, count: body.count)
            }
            return lws_write(wsi, loop.scratch.start, count, LWS_WRITE_HTTP_HEADERS) >= 0
        }
    }

    private func writeHTTP2(
        _ status: Int, _ headers: [(name: String, value: String)], to wsi: OpaquePointer, isFinal: Bool
    ) -> Bool {
        let start = loop.scratch.start
        let end = start + loop.scratch.capacity
        var cursor: UnsafeMutablePointer<UInt8>? = start
        guard lws_add_http_header_status(wsi, UInt32(status), &cursor, end) == 0 else { return false }
        for (name, value) in headers {
            var value = value
            let isAdded = value.withUTF8 { bytes in
                (name + ":").withCString { name in
                    name.withMemoryRebound(to: UInt8.self, capacity: 1) { name in
                        lws_add_http_header_by_name(wsi, name, bytes.baseAddress, Int32(bytes.count), &cursor, end) == 0
                    }
                }
            }
            guard isAdded else { return false }
        }
        guard lws_finalize_http_header(wsi, &cursor, end) == 0, let cursor else { return false }
        let flags = LWS_WRITE_HTTP_HEADERS.rawValue | (isFinal ? LWS_WRITE_H2_STREAM_END.rawValue : 0)
        return lws_write(wsi, start, cursor - start, lws_write_protocol(rawValue: flags)) >= 0
    }
}

extension Response {
    /// A status line and fields, for HTTP/1.1.
    static func head(_ status: Int, _ headers: [(name: String, value: String)]) -> String {
        var text = ""
        text.reserveCapacity(512)
        text += "HTTP/1.1 \(status) \(reasonPhrase(status))\r\n"
        // Appended piece by piece, because a string for each field would be allocated.
        for (name, value) in headers {
            text += name
            text += ": "
            text += value
            text += "\r\n"
        }
        text += "\r\n"
        return text
    }

    /// The whole response for HTTP/1.1. The connection ends with it.
    /// - Parameter withBody: false in answers to HEAD (RFC 9110, section 9.3.2).
    func http1(withBody: Bool) -> [UInt8] {
        Array(Self.head(status, headers + [("content-length", String(body.count)), ("connection", "close")]).utf8)
            + (withBody ? body : [])
    }

    /// The reason phrase of a status (RFC 9110, section 15); empty for one that is not used here.
    public static func reasonPhrase(_ status: Int) -> String {
        switch status {
        case 200: "OK"
        case 201: "Created"
        case 202: "Accepted"
        case 204: "No Content"
        case 304: "Not Modified"
        case 400: "Bad Request"
        case 401: "Unauthorized"
        case 403: "Forbidden"
        case 404: "Not Found"
        case 405: "Method Not Allowed"
        case 408: "Request Timeout"
        case 409: "Conflict"
        case 411: "Length Required"
        case 413: "Content Too Large"
        case 414: "URI Too Long"
        case 415: "Unsupported Media Type"
        case 417: "Expectation Failed"
        case 426: "Upgrade Required"
        case 429: "Too Many Requests"
        case 431: "Request Header Fields Too Large"
        case 501: "Not Implemented"
        case 503: "Service Unavailable"
        case 505: "HTTP Version Not Supported"
        default: ""
        }
    }
}
