import Glibc

extension EventStreamParser {
    /// Finds where events end, without a look at what the lines say: at an empty line, or after a comment that stands
    /// before an event (so that comments alone are not collected for ever).
    ///
    /// A line ends with CR LF, LF or CR; a CR ends it at once, and a LF that follows belongs to it, wherever the piece ends.
    struct LineScanner {
        private var isLineEmpty = true
        private var isFirstLine = true
        private var isComment = false
        private var followsReturn = false

        /// The offset behind the next event's end; nil where `bytes` does not hold it. What was scanned is not to be
        /// given again.
        mutating func endOfEvent(in bytes: UnsafeRawBufferPointer) -> Int? {
            var index = 0
            while index < bytes.count {
                let byte = bytes[index]
                if byte == 0x0A, followsReturn {
                    followsReturn = false
                    index += 1
                    continue
                }
                followsReturn = byte == 0x0D
                if byte == 0x0A || byte == 0x0D {
                    index += 1
                    if isLineEmpty || isComment {
                        begin()
                        // The LF of a CR LF goes with its line where both are here.
                        if followsReturn, index < bytes.count, bytes[index] == 0x0A {
                            followsReturn = false
                            index += 1
                        }
                        return index
                    }
                    isLineEmpty = true
                    isFirstLine = false
                    continue
                }
                if isLineEmpty, isFirstLine { isComment = byte == 0x3A }
                isLineEmpty = false
                index = Self.endOfLine(in: bytes, from: index + 1)
            }
            return nil
        }

        private mutating func begin() {
            isLineEmpty = true
            isFirstLine = true
            isComment = false
        }

        /// The offset of the next CR or LF, or the end.
        private static func endOfLine(in bytes: UnsafeRawBufferPointer, from start: Int) -> Int {
            guard start < bytes.count else { return bytes.count }
            let base = bytes.baseAddress! + start
            let feed =
                memchr(base, 0x0A, bytes.count - start).map { UnsafeRawPointer($0) - base } ?? bytes.count - start
            let end = memchr(base, 0x0D, feed).map { UnsafeRawPointer($0) - base } ?? feed
            return start + end
        }

        /// Takes the next line, without its end; nil where no line's end is left.
        ///
        /// A LF at the very start belongs to a CR that ended the event before: no other event begins with one.
        static func takeLine(from bytes: inout UnsafeRawBufferPointer) -> UnsafeRawBufferPointer? {
            guard !bytes.isEmpty else { return nil }
            let end = endOfLine(in: bytes, from: 0)
            guard end < bytes.count else { return nil }
            let line = UnsafeRawBufferPointer(rebasing: bytes[..<end])
            let isPair = bytes[end] == 0x0D && end + 1 < bytes.count && bytes[end + 1] == 0x0A
            bytes = UnsafeRawBufferPointer(rebasing: bytes[(end + (isPair ? 2 : 1))...])
            return line
        }
    }
}
