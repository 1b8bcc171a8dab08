import CLibwebsockets

/// Replaces libwebsockets' `lws_buflist_next_segment_len` for the connections that a loop's gate reads.
@_cdecl("lws_buflist_next_segment_len")
public func nextSegment(
    _ list: UnsafeMutablePointer<OpaquePointer?>?, _ bytes: UnsafeMutablePointer<UnsafeMutablePointer<UInt8>?>?
) -> Int {
    // A caller that does not ask for the bytes only asks whether there are any.
    guard let list, let bytes, let loop = LoopContext.current else { return libraryNextSegment(list, bytes) }
    switch loop.gate?.answer(list) {
    case nil: return libraryNextSegment(list, bytes)
    case .bytes(let start, let count):
        bytes.pointee = start
        return count
    case .end: return 0
    // The values with which libwebsockets' own reading reports these. It treats the count as signed.
    case .failed: return -1
    case .nothing: return -4
    }
}

private typealias NextSegment =
    @convention(c) (
        UnsafeMutablePointer<OpaquePointer?>?, UnsafeMutablePointer<UnsafeMutablePointer<UInt8>?>?
    ) -> Int

private let libraryNextSegment = LibrarySymbol.own("lws_buflist_next_segment_len", as: NextSegment.self)
