/// Replaces libwebsockets' `lws_cancel_service_pt`, which is called for the adoption of each connection. The original
/// wakes the loop that adopts, at the cost of a write, a read and a callback of every protocol of every virtual host.
/// Its only effect is that libwebsockets sets the timer of its deadlines; `LoopContext.makeListener` causes that once
/// for all connections of a tenth of a second.
///
/// libwebsockets calls it through its dynamic symbol, so that the program's function is used (ld.so(8), symbol
/// interposition). If it were not, connections would only cost more.
@_cdecl("lws_cancel_service_pt")
public func leaveAsleep(_ wsi: OpaquePointer?) {}
