import CLibwebsockets

/// permessage-deflate for a server's WebSockets, as an extension of libwebsockets. It lets compressed messages pass
/// unchanged, and answers the offer. libwebsockets' own extension would compress an update for each connection.
enum DeflateExtension {
    /// The parameters of the offer that `RequestReader` writes. libwebsockets answers with the same.
    nonisolated(unsafe) private static let options: UnsafePointer<lws_ext_options> = {
        let names = ["server_no_context_takeover", "client_no_context_takeover", DeflateParameters.confirmedWindow]
        let table = UnsafeMutablePointer<lws_ext_options>.allocate(capacity: names.count + 1)
        for (index, name) in names.enumerated() {
            (table + index).initialize(to: lws_ext_options(name: UnsafePointer(strdup(name)), type: EXTARG_NONE))
        }
        (table + names.count).initialize(to: lws_ext_options())
        return UnsafePointer(table)
    }()

    /// For as long as a virtual host lives: for ever.
    nonisolated(unsafe) static let table: UnsafePointer<lws_extension> = {
        let table = UnsafeMutablePointer<lws_extension>.allocate(capacity: 2)
        var entry = lws_extension()
        entry.name = UnsafePointer(strdup("permessage-deflate"))
        tandem_set_extension_callback(&entry) { _, _, wsi, reason, user, input, _ in
            DeflateExtension.called(
                wsi, lws_extension_callback_reasons(rawValue: UInt32(bitPattern: reason)), user, input)
        }
        table.initialize(to: entry)
        (table + 1).initialize(to: lws_extension())
        return UnsafePointer(table)
    }()

    /// The payload that libwebsockets gets instead of a compressed one: it would check the bytes for UTF-8, and it
    /// does not report an empty payload.
    nonisolated(unsafe) private static let substitute: UnsafeMutablePointer<UInt8> = {
        let bytes = UnsafeMutablePointer<UInt8>.allocate(capacity: 2)
        bytes.initialize(repeating: UInt8(ascii: "0"), count: 2)
        return bytes
    }()

    /// The state of one connection.
    private struct Reading {
        /// Whether the message that is being read is compressed.
        var isCompressed = false
        /// Whether a frame of the message has begun and not ended.
        var isWithinFrame = false
    }

    private static func called(
        _ wsi: OpaquePointer?, _ reason: lws_extension_callback_reasons, _ user: UnsafeMutableRawPointer?,
        _ input: UnsafeMutableRawPointer?
    ) -> Int32 {
        switch reason {
        case LWS_EXT_CB_CONSTRUCT:
            let reading = UnsafeMutablePointer<Reading>.allocate(capacity: 1)
            reading.initialize(to: Reading())
            user?.storeBytes(of: reading, as: UnsafeMutablePointer<Reading>.self)
            input?.storeBytes(of: options, as: UnsafePointer<lws_ext_options>.self)
        case LWS_EXT_CB_DESTROY:
            user?.assumingMemoryBound(to: Reading.self).deallocate()
            // The next connection may have the same address.
            if let wsi { LoopContext.of(tandem_loop(wsi))?.compressedPayload = nil }
        case LWS_EXT_CB_PAYLOAD_RX:
            guard let wsi, let user, let input, let loop = LoopContext.of(tandem_loop(wsi)) else { return -1 }
            loop.compressedPayload = read(
                wsi, &user.assumingMemoryBound(to: Reading.self).pointee,
                input.assumingMemoryBound(to: tandem_payload.self))
        default: break
        }
        return 0
    }

    /// Reads the payload that `serverCallback` gets next, where it is compressed. After a frame that was read at
    /// once, libwebsockets calls again without a payload, and reports nothing.
    private static func read(
        _ wsi: OpaquePointer, _ reading: inout Reading, _ payload: UnsafeMutablePointer<tandem_payload>
    ) -> CompressedPayload? {
        let isMarked = lws_get_reserved_bits(wsi) & 0x40 != 0
        let begins = lws_is_first_fragment(wsi) != 0
        // Only the first frame of a message is marked, and a control frame never (RFC 7692, sections 6 and 6.1).
        let isMarkedWrongly = isMarked && !begins && !reading.isWithinFrame
        if begins { reading.isCompressed = isMarked }
        reading.isWithinFrame = lws_remaining_packet_payload(wsi) > 0
        guard reading.isCompressed || isMarkedWrongly else { return nil }
        let bytes = UnsafeRawBufferPointer(start: payload.pointee.in.token, count: Int(payload.pointee.in.len))
        if !bytes.isEmpty {
            payload.pointee.in = lws_tokens(token: substitute, len: 1)
            payload.pointee.out = payload.pointee.in
        }
        return CompressedPayload(wsi: wsi, bytes: bytes, isMarkedWrongly: isMarkedWrongly)
    }
}

/// A part of a compressed message, between the two calls that libwebsockets makes for it.
struct CompressedPayload {
    var wsi: OpaquePointer
    var bytes: UnsafeRawBufferPointer
    var isMarkedWrongly: Bool
}

extension LoopContext {
    /// The payload for libwebsockets' current call for a connection; nil where it is not compressed.
    func takeCompressedPayload(of wsi: OpaquePointer) -> CompressedPayload? {
        guard let payload = compressedPayload else { return nil }
        compressedPayload = nil
        return payload.wsi == wsi ? payload : nil
    }
}
