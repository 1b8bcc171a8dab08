import CLibwebsockets

/// Finds the list in which libwebsockets keeps bytes that it has read from a connection and not used yet. The list is
/// in the connection's object. Its place is learnt from the first question about an empty list, because libwebsockets
/// asks about its other lists, of bytes to be written, only where they are not empty.
struct KeptInput {
    private var offset: Int?

    /// The connection that a list belongs to.
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

    /// Whether a connection's list contains bytes, as far as is known.
    func isKept(of wsi: OpaquePointer) -> Bool {
        guard let offset else { return false }
        let list = UnsafeMutablePointer<OpaquePointer?>(bitPattern: Int(bitPattern: wsi) + offset)
        return lws_buflist_total_len(list) > 0
    }
}
