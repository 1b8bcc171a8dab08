import Compression
import LWS

/// The parts of a message so far.
enum AssembledMessage {
    case incomplete
    case whole([UInt8])
    /// It exceeds the limit, before or after it is expanded.
    case tooLong
    /// Its compressed bytes are damaged, or its text is not UTF-8.
    case invalid
}

extension ServerLoop {
    /// Collects the parts of a message. The parts of one that is too long are dropped.
    /// - Parameter limit: the maximum size of the message in bytes, compressed and expanded.
    func assemble(_ part: MessagePart, of stream: Int, limit: Int) -> AssembledMessage {
        // Most messages come in one part.
        if part.isFinal, streams[stream].extras?.partialMessage == nil {
            return part.bytes.count <= limit ? whole(Array(part.bytes), part, limit) : .tooLong
        }
        let extras = streams.extras(of: stream)
        var message = extras.partialMessage ?? []
        extras.partialMessage = nil
        guard message.count + part.bytes.count <= limit else { return .tooLong }
        message += part.bytes
        guard part.isFinal else {
            extras.partialMessage = message
            return .incomplete
        }
        streams.shedExtras(of: stream)
        return whole(message, part, limit)
    }

    /// libwebsockets has checked that the text is UTF-8, unless it is compressed.
    private func whole(_ message: [UInt8], _ part: MessagePart, _ limit: Int) -> AssembledMessage {
        guard part.isCompressed else { return .whole(message) }
        let expanded: Result<[UInt8], MessageInflater.Failure> = message.withUnsafeBytes { bytes in
            Result { () throws(MessageInflater.Failure) in try inflater.expand(bytes, atMost: limit) }
        }
        switch expanded {
        case .failure(.tooLong): return .tooLong
        case .failure(.damaged): return .invalid
        case .success(let text):
            return !part.isText || String(validating: text, as: UTF8.self) != nil ? .whole(text) : .invalid
        }
    }
}
