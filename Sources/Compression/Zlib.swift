import CZlib

/// Compresses and expands whole values in zlib's format (RFC 1950), with the system's zlib.
public enum Zlib {
    /// The bytes are not one complete value in zlib's format, or expand to more than the limit.
    public struct Failure: Error, Hashable, CustomStringConvertible {
        public var description: String

        public init(description: String) { self.description = description }
    }

    public static func compress(_ bytes: [UInt8]) -> [UInt8] {
        let bound = compressBound(uLong(bytes.count))
        return [UInt8](unsafeUninitializedCapacity: Int(bound)) { buffer, count in
            var length = bound
            let status = bytes.withUnsafeBufferPointer {
                CZlib.compress(buffer.baseAddress, &length, $0.baseAddress, uLong(bytes.count))
            }
            precondition(status == Z_OK, "zlib has no memory, or its bound is wrong")
            count = Int(length)
        }
    }

    /// - Parameter limit: the maximum size of the expanded value in bytes. It is allocated at once.
    /// - Throws: `Failure` where the value is damaged or cut, has bytes behind it, or expands to more.
    public static func expand(_ bytes: [UInt8], atMost limit: Int) throws(Failure) -> [UInt8] {
        var status = Z_OK
        var read = uLong(bytes.count)
        // At least one byte: the length of an empty array would be written into the storage that all empty arrays
        // share.
        let expanded = [UInt8](unsafeUninitializedCapacity: max(1, limit)) { buffer, count in
            var length = uLong(limit)
            status = bytes.withUnsafeBufferPointer {
                uncompress2(buffer.baseAddress, &length, $0.baseAddress, &read)
            }
            count = status == Z_OK ? Int(length) : 0
        }
        switch status {
        case Z_OK where Int(read) == bytes.count: return expanded
        case Z_OK: throw Failure(description: "\(bytes.count - Int(read)) bytes follow the compressed value")
        case Z_BUF_ERROR: throw Failure(description: "it is cut off, or expands to more than \(limit) bytes")
        case Z_MEM_ERROR: throw Failure(description: "there is no memory for \(limit) bytes")
        default: throw Failure(description: "it is not in zlib's format")
        }
    }
}
