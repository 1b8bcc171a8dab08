/// libwebsockets' `lws_cancel_service_pt`, which its adoption of each connection calls: it would wake the loop that adopts, for a write, a
/// read and a callback of every protocol of every virtual host. That is of use where another thread adopts, and here none does.
///
/// libwebsockets calls it through its own dynamic symbol, so that ours, of the program, takes its place (ld.so(8), symbol interposition);
/// should it not, connections only cost more.
@_cdecl("lws_cancel_service_pt")
public func leaveAsleep(_ wsi: OpaquePointer?) {}
