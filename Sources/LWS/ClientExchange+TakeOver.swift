import CLibwebsockets

/// How a stream's socket comes from libwebsockets' hands into ours without a byte lost.
///
/// With the header of a response, libwebsockets may have read the beginning of the body. That much it is left to decode,
/// once; from what it hands on, and where it lies, follows where in a chunk the socket now stands. Where that does not
/// follow (the read ended in mid-chunk) it decodes on, byte by byte, until the chunk's end.
extension ClientExchange {
    enum Priming {
        case none
        /// The header has come; nothing of the body was taken yet.
        case due
        /// libwebsockets decodes what it has read: the first piece, and what lay behind it.
        case collecting(firstPiece: Int, raw: [UInt8])
        /// The response ended within that.
        case collectedAll(firstPiece: Int, raw: [UInt8])
        /// libwebsockets decodes byte by byte.
        case syncing(Sync)
    }

    enum Sync {
        case beforeContent, inContent, afterReturn
    }

    func takeOverStream() {
        guard case .due = priming, let wsi else { return }
        priming = .collecting(firstPiece: 0, raw: [])
        let scratch = loop.context.scratch
        loop.readCursor.pointee = UnsafeMutableRawPointer(scratch.start).assumingMemoryBound(to: CChar.self)
        // At least all that libwebsockets holds (pt_serv_buf_size): what stayed there would be lost.
        loop.readCount.pointee = Int32(scratch.capacity)
        let result = lws_http_client_read(wsi, loop.readCursor, loop.readCount)
        let end = UnsafeRawPointer(loop.readCursor.pointee!)
        let start = UnsafeRawPointer(scratch.start)
        let isDirect = end >= start && end <= start + scratch.capacity

        var isWhole = false
        var firstPiece = 0
        var raw: [UInt8] = []
        switch priming {
        case .collecting(let piece, let bytes):
            (firstPiece, raw) = (piece, bytes)
        case .collectedAll(let piece, let bytes):
            (firstPiece, raw, isWhole) = (piece, bytes, true)
        default: break
        }
        priming = .none
        if isDirect {
            // From the socket, so all that was taken lies in our buffer, framing and all.
            raw = Array(UnsafeRawBufferPointer(start: start, count: end - start + Int(max(loop.readCount.pointee, 0))))
        } else if isChunked {
            if firstPiece < raw.count || isWhole {
                decoder = ClientChunkedDecoder(remaining: firstPiece)
            } else {
                priming = .syncing(raw.isEmpty ? .beforeContent : .inContent)
            }
        }
        if result >= 0, !isWhole {
            takeOver()
            // Nothing reads the header's memory any more: 4 KiB a connection.
            lws_http_headers_detach(wsi)
        }
        if case .syncing = priming {
            raw.withUnsafeBytes { deliver($0) }
        } else {
            raw.withUnsafeBytes { decode($0) }
        }
        if isWhole { finish(isComplete: true) } else if result < 0 { finish(isComplete: false) }
    }

    /// A piece of body that libwebsockets has decoded.
    func readPiece(_ bytes: UnsafeRawBufferPointer) {
        switch priming {
        case .collecting(_, let raw) where raw.isEmpty:
            priming = .collecting(
                firstPiece: bytes.count,
                raw: Array(UnsafeRawBufferPointer(start: bytes.baseAddress, count: Int(loop.readCount.pointee))))
        case .collecting: break
        case .syncing:
            pieceHasCome = true
            deliver(bytes)
        default: deliver(bytes)
        }
    }

    /// Bytes of the body as they are on the wire.
    func decode(_ bytes: UnsafeRawBufferPointer) {
        guard !isFinished else { return }
        guard isChunked else { return deliver(bytes) }
        let outcome = decoder.decode(bytes) { content in
            deliver(content)
            return !isFinished
        }
        guard !isFinished else { return }
        switch outcome {
        case .more: break
        case .complete:
            finish(isComplete: true)
        case .malformed:
            fail("the response is not in the chunked coding that it announces")
            kill()
        }
    }

    /// Has libwebsockets decode until a chunk's end has passed. Returns whether it has.
    func synchronize() -> Bool {
        while case .syncing(let place) = priming {
            guard let wsi else { return false }
            let byte = loop.context.scratch.start
            let start = UnsafeMutableRawPointer(byte).assumingMemoryBound(to: CChar.self)
            loop.readCursor.pointee = start
            loop.readCount.pointee = 1
            pieceHasCome = false
            let result = lws_http_client_read(wsi, loop.readCursor, loop.readCount)
            guard result >= 0, !isFinished else {
                finish(isComplete: false)
                return false
            }
            // It has asked for events again, but they are ours.
            lws_rx_flow_control(wsi, 0)
            guard loop.readCursor.pointee != start else { return false }
            switch (place, byte.pointee) {
            case _ where pieceHasCome: priming = .syncing(.inContent)
            case (.inContent, 0x0D): priming = .syncing(.afterReturn)
            case (.afterReturn, 0x0A): priming = .none
            default: break
            }
        }
        return true
    }
}
