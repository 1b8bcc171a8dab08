import Glibc
import LWS
import Synchronization
import Testing
import TransportCore
import Transports

/// What becomes of connections when the system has no room to watch another socket (epoll_ctl(2), ENOSPC).
@Suite(.ownThreads) struct WatchRoomTests {
    // In a process of its own: it takes the room away from all that is in it.
    @Test(
        "Where no socket more can be watched a client says so, a server refuses with 503, and both go on with those they have"
    )
    func noRoom() async {
        await #expect(processExitsWith: .success) {
            let server = try TestServer()
            let requester = try HTTPRequester()
            func status() async throws -> Int {
                try await requester.send(
                    ClientRequest(host: server.endpoint.host, port: server.endpoint.port, path: "/healthz")
                ).status
            }
            WatchRoom.isFull.store(true, ordering: .relaxed)
            let failure = await #expect(throws: HTTPRequester.Failure.self) { try await status() }
            #expect(
                failure?.description.contains("fs.epoll.max_user_watches") == true, "\(String(describing: failure))")
            let reader = try RawClient(server.endpoint)
            reader.get("/orders/a/events")
            try reader.read(until: "no room to watch another socket")
            #expect(reader.text.hasPrefix("HTTP/1.1 503 "), "\(reader.text)")
            WatchRoom.isFull.store(false, ordering: .relaxed)
            #expect(try await status() == 200)
            await requester.shutdown()
            await server.server.stop()
        }
    }
}

/// Whether the system has room for one more edge-triggered watch, as clients and streams have them. libuv's own always have room.
private enum WatchRoom {
    static let isFull = Atomic(false)

    static let system = unsafeBitCast(
        // RTLD_NEXT, a macro that does not reach Swift.
        dlsym(UnsafeMutableRawPointer(bitPattern: -1), "epoll_ctl"),
        to: (@convention(c) (Int32, Int32, Int32, UnsafeMutablePointer<UInt32>?) -> Int32).self)
}

/// What is linked into the program calls this in the place of glibc's.
@_cdecl("epoll_ctl")
public func controlWatch(
    _ set: Int32, _ operation: Int32, _ socket: Int32, _ event: UnsafeMutablePointer<UInt32>?
) -> Int32 {
    // EPOLL_CTL_ADD, and EPOLLET among the events, which an epoll_event begins with: Glibc's module has neither.
    if operation == 1, let event, event.pointee & 1 << 31 != 0,
        WatchRoom.isFull.load(ordering: .relaxed)
    {
        errno = ENOSPC
        return -1
    }
    return WatchRoom.system(set, operation, socket, event)
}
