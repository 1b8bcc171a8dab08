/// libwebsockets' `lws_cancel_service_pt`, which its adoption of each connection calls: it wakes the loop that adopts, for a write, a read
/// and a callback of every protocol of every virtual host. What comes of it is that libwebsockets sets the timer of its deadlines, which
/// `LoopContext.makeListener` has it do once for all connections of a tenth of a second.
///
/// libwebsockets calls it through its own dynamic symbol, so that ours, of the program, takes its place (ld.so(8), symbol interposition);
/// should it not, connections only cost more.
@_cdecl("lws_cancel_service_pt")
public func leaveAsleep(_ wsi: OpaquePointer?) {}
