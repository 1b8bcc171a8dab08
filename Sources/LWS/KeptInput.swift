import CLibwebsockets

/// Where libwebsockets keeps what it has read of a connection and not used yet: a list in the connection's object, at a place that the
/// first question about a list shows.
struct KeptInput {
    private var offset: Int?

    /// The connection that a list is of.
    /// - Parameter candidates: the connections that the first question may be about.
    mutating func connection(
        with list: UnsafeMutablePointer<OpaquePointer?>, among candidates: some Sequence<OpaquePointer>
    ) -> OpaquePointer? {
        let address = Int(bitPattern: list)
        if let offset { return OpaquePointer(bitPattern: address - offset) }
        for wsi in candidates {
            let offset = address - Int(bitPattern: wsi)
            guard (0..<malloc_usable_size(UnsafeMutableRawPointer(wsi))).contains(offset) else { continue }
            self.offset = offset
            return wsi
        }
        return nil
    }

    /// Whether there is anything in a connection's list, as far as is known.
    func isKept(of wsi: OpaquePointer) -> Bool {
        guard let offset else { return false }
        let list = UnsafeMutablePointer<OpaquePointer?>(bitPattern: Int(bitPattern: wsi) + offset)
        return lws_buflist_total_len(list) > 0
    }
}

/// libwebsockets' `lws_buflist_next_segment_len`, but for the connections that a loop's gate reads, and for the first bytes of those
/// that a client reads.
@_cdecl("lws_buflist_next_segment_len")
public func nextSegment(
    _ list: UnsafeMutablePointer<OpaquePointer?>?, _ bytes: UnsafeMutablePointer<UnsafeMutablePointer<UInt8>?>?
) -> Int {
    // Who does not ask for the bytes only asks whether there are some.
    guard let list, let bytes, let loop = LoopContext.current else { return libraryNextSegment(list, bytes) }
    loop.client?.firstFrames.read(list)
    switch loop.gate?.answer(list) {
    case nil: return libraryNextSegment(list, bytes)
    case .bytes(let start, let count):
        bytes.pointee = start
        return count
    case .end: return 0
    // The values by which libwebsockets' own reading says so; it takes the count for a signed one.
    case .failed: return -1
    case .nothing: return -4
    }
}

private typealias NextSegment =
    @convention(c) (
        UnsafeMutablePointer<OpaquePointer?>?, UnsafeMutablePointer<UnsafeMutablePointer<UInt8>?>?
    ) -> Int

private let libraryNextSegment = LibrarySymbol.own("lws_buflist_next_segment_len", as: NextSegment.self)
