import CLibwebsockets
import Glibc

/// libwebsockets' `lws_hdr_copy`, but for the one call that its server makes with too little room.
///
/// The server of 4.1 copies the list of subprotocols that a client offers into 128 bytes, and hangs up on a longer one. A list that
/// carries a token is longer, and so is one with many names. The library calls the function through its own dynamic symbol, so this
/// one, of the program, takes its place (ld.so(8), symbol interposition): it hands on the names of the list that are served.
@_cdecl("lws_hdr_copy")
public func copyHeader(
    _ wsi: OpaquePointer?, _ destination: UnsafeMutablePointer<CChar>?, _ room: Int32, _ token: UInt32
) -> Int32 {
    let length = lws_hdr_total_length(wsi, lws_token_indexes(rawValue: token))
    guard token == WSI_TOKEN_PROTOCOL.rawValue, length >= room, let destination else {
        return libraryCopy(wsi, destination, room, token)
    }
    return withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(length) + 1) { whole in
        guard let base = whole.baseAddress, libraryCopy(wsi, base, length + 1, token) >= 0 else { return -1 }
        let offered = String(decoding: UnsafeRawBufferPointer(start: base, count: Int(length)), as: UTF8.self)
        let served = Protocols.serverNames.filter { name in
            offered.split(separator: ",").contains { $0.drop { $0 == " " || $0 == "\t" } == name }
        }
        // With none of them the list stays unknown, whatever stands in it.
        let list = Array((served.isEmpty ? "unknown" : served.joined(separator: ", ")).utf8)
        guard list.count < room else { return -1 }
        for (index, byte) in list.enumerated() { destination[index] = CChar(bitPattern: byte) }
        destination[list.count] = 0
        return Int32(list.count)
    }
}

private typealias HeaderCopy =
    @convention(c) (OpaquePointer?, UnsafeMutablePointer<CChar>?, Int32, UInt32) -> Int32

/// The library's own.
private let libraryCopy: HeaderCopy = {
    // RTLD_NEXT, a macro that does not reach Swift.
    guard let next = dlsym(UnsafeMutableRawPointer(bitPattern: -1), "lws_hdr_copy") else {
        preconditionFailure("libwebsockets is linked, so it has lws_hdr_copy")
    }
    return unsafeBitCast(next, to: HeaderCopy.self)
}()
