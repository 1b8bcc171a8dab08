import Compression
import LWS

/// The parts of a message so far.
enum AssembledMessage {
    case incomplete
    case whole([UInt8])
    /// It exceeds the limit, before or after it is expanded.
    case tooLong
    /// The connection is closed, as the outcome says.
    case refused(MessageOutcome)
}

/// A message whose end has not arrived.
struct PartialMessage {
    fileprivate var bytes: [UInt8] = []
    fileprivate let isCompressed: Bool
    /// Whether a frame of it has begun and not ended.
    fileprivate var isWithinFrame = false
    fileprivate var validator = UTF8Validator()
}

extension ServerLoop {
    /// Collects the parts of a message, and checks that a text is UTF-8, where it is not compressed at once. The
    /// parts of a message that is too long are dropped.
    /// - Parameter limit: the maximum size of the message in bytes, compressed and expanded.
    func assemble(_ part: MessagePart, of stream: Int, limit: Int) -> AssembledMessage {
        // Most messages come in one part.
        if part.isFinal, streams[stream].extras?.partialMessage == nil {
            guard part.bytes.count <= limit else { return .tooLong }
            guard !part.hasRSV1 else { return expand(part.bytes, part, limit) }
            guard !part.isText || UTF8Validator.accepts(part.bytes) else { return .refused(.isInvalid) }
            return .whole(Array(part.bytes))
        }
        let extras = streams.extras(of: stream)
        let begins = extras.partialMessage == nil
        var message = extras.partialMessage ?? PartialMessage(isCompressed: part.hasRSV1)
        extras.partialMessage = nil
        // Only the first frame of a message is marked (RFC 7692, section 6.1).
        guard begins || message.isWithinFrame || !part.hasRSV1 else { return .refused(.breaksProtocol) }
        guard message.bytes.count + part.bytes.count <= limit else { return .tooLong }
        if part.isText, !message.isCompressed {
            guard message.validator.take(part.bytes), !part.isFinal || message.validator.isComplete else {
                return .refused(.isInvalid)
            }
        }
        message.bytes += part.bytes
        message.isWithinFrame = !part.endsFrame
        guard part.isFinal else {
            extras.partialMessage = message
            return .incomplete
        }
        streams.shedExtras(of: stream)
        return message.isCompressed
            ? message.bytes.withUnsafeBytes { expand($0, part, limit) } : .whole(message.bytes)
    }

    private func expand(_ bytes: UnsafeRawBufferPointer, _ part: MessagePart, _ limit: Int) -> AssembledMessage {
        let expanded: [UInt8]
        do throws(MessageInflater.Failure) {
            expanded = try inflater.expand(bytes, atMost: limit)
        } catch .tooLong {
            return .tooLong
        } catch {
            return .refused(.isInvalid)
        }
        let isValid = !part.isText || expanded.withUnsafeBytes { UTF8Validator.accepts($0) }
        return isValid ? .whole(expanded) : .refused(.isInvalid)
    }
}
