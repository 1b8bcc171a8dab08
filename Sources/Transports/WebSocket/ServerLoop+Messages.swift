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
            guard part.bytes.count <= limit else { return .tooLong }
            return part.isCompressed ? expand(part.bytes, part, limit) : .whole(Array(part.bytes))
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
        return part.isCompressed ? message.withUnsafeBytes { expand($0, part, limit) } : .whole(message)
    }

    /// Nobody has held the text against UTF-8 yet, as libwebsockets does with one that is not compressed.
    private func expand(_ bytes: UnsafeRawBufferPointer, _ part: MessagePart, _ limit: Int) -> AssembledMessage {
        let expanded: [UInt8]
        do throws(MessageInflater.Failure) {
            expanded = try inflater.expand(bytes, atMost: limit)
        } catch .tooLong {
            return .tooLong
        } catch {
            return .invalid
        }
        return !part.isText || String(validating: expanded, as: UTF8.self) != nil ? .whole(expanded) : .invalid
    }
}
