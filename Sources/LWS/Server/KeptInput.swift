import CLibwebsockets

/// Where libwebsockets keeps what it has read of a connection and not used yet: a list in the connection's object, at a place that the
/// first question about an empty list shows: there are others, of what it has yet to write, of which it asks only where there is some.
struct KeptInput {
    private var offset: Int?

    /// The connection that a list is of.
    /// - Parameter candidates: the connections that the first question may be about.
    mutating func connection(
        with list: UnsafeMutablePointer<OpaquePointer?>, among candidates: some Sequence<OpaquePointer>
    ) -> OpaquePointer? {
        let address = Int(bitPattern: list)
        if let offset { return OpaquePointer(bitPattern: address - offset) }
        guard list.pointee == nil else { return nil }
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
