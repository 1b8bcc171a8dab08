import Compression
import LWS

/// A message as far as it has come.
enum AssembledMessage {
    case incomplete
    case whole([UInt8])
    /// It has more bytes than it may, or expands to more.
    case tooLong
    /// Its compressed bytes are damaged, or it is a text that is not UTF-8.
    case invalid
}

extension ServerLoop {
    /// Puts the parts of a message together. What came of one that is too long is forgotten.
    /// - Parameter limit: bytes of the message, as it came and expanded.
    func assemble(_ part: MessagePart, of stream: Int, limit: Int) -> AssembledMessage {
        // Most come in one part.
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

    /// libwebsockets has held the text against UTF-8, unless it is compressed.
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
