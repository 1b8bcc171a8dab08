import CLibwebsockets

/// libwebsockets' `lws_get_network_wsi`, which its reader of HPACK calls before each byte of a head (`lws_hpack_interpret`): so it is where
/// the parts of a head are kept within their room, and its bytes are counted: those of fields that it has no token for, it drops.
///
/// libwebsockets 4.1 has room for 95 parts of fields, of which a literal name takes one and its value another, and looks at that bound with
/// `==`, or not at all. With some 45 fields of a peer's choice it wrote past them, and read in circles. A head that is full gets no room
/// for another byte, which every step of the reader sees to; its request is refused with 431 (`HTTP2Head`).
@_cdecl("lws_get_network_wsi")
public func networkConnection(_ wsi: OpaquePointer?) -> OpaquePointer? {
    let network = libraryNetworkConnection(wsi)
    if let wsi, network != wsi {
        tandem_count_head_byte(wsi)
        tandem_close_full_head(wsi)
    }
    return network
}

private let libraryNetworkConnection = LibrarySymbol.own(
    "lws_get_network_wsi", as: (@convention(c) (OpaquePointer?) -> OpaquePointer?).self)
