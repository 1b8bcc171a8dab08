/// Distinguishes a stream's token from an exchange in a connection's user pointer: exchanges are pointers, and even.
enum StreamTag {
    static func pointer(_ token: Int) -> UnsafeMutableRawPointer? {
        UnsafeMutableRawPointer(bitPattern: token << 1 | 1)
    }

    static func token(_ word: Int) -> Int? { word & 1 == 1 ? word >> 1 : nil }

    static func watched(_ token: Int) -> UInt64 { UInt64(token) << 1 | 1 }
}
