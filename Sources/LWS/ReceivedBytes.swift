import CLibwebsockets
import Glibc

/// How much libwebsockets has read from a socket, which it does not tell: what the kernel has received, less what waits there.
enum ReceivedBytes {
    /// Nil where the kernel does not say, or bytes come faster than can be asked.
    static func read(by wsi: OpaquePointer) -> Int64? {
        let descriptor = lws_get_socket_fd(wsi)
        var received = Self.received(on: descriptor)
        for _ in 0..<8 {
            var unread: Int32 = 0
            guard let before = received, ioctl(descriptor, UInt(FIONREAD), &unread) == 0 else { return nil }
            received = Self.received(on: descriptor)
            // The two belong together where nothing has come in between.
            if received == before { return before - Int64(unread) }
        }
        return nil
    }

    private static func received(on descriptor: Int32) -> Int64? {
        // linux/tcp.h, struct tcp_info: tcpi_bytes_received. glibc's own copy ends before it.
        let offset = 128
        return withUnsafeTemporaryAllocation(byteCount: offset + 8, alignment: 8) { info in
            var length = socklen_t(info.count)
            guard getsockopt(descriptor, Int32(IPPROTO_TCP), TCP_INFO, info.baseAddress, &length) == 0,
                Int(length) == info.count
            else { return nil }
            return info.load(fromByteOffset: offset, as: Int64.self)
        }
    }
}
