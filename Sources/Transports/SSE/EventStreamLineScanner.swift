import Glibc

extension EventStreamParser {
    /// Finds where events end, without reading the lines: at an empty line, or after a comment before an event (so
    /// that comments alone are not collected for ever).
    ///
    /// A line ends with CR LF, LF or CR. A CR ends it at once; a LF that follows belongs to the same line end, even
    /// in the next piece.
    struct LineScanner {
        private var isLineEmpty = true
        private var isFirstLine = true
        private var isComment = false
        private var followsReturn = false

        /// The offset after the end of the next event; nil where `bytes` does not contain it. Scanned bytes must not
        /// be passed again.
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
                        // Where both are here, the LF of a CR LF belongs to this line.
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

        /// Takes the next line, without its end; nil where no complete line is left.
        ///
        /// A LF at the very start belongs to a CR that ended the previous event, because no other event begins with
        /// one.
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
