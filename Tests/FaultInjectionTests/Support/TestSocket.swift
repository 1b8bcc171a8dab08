import Foundation
import Testing

/// A TCP socket of 127.0.0.1 that never blocks a thread, and tells a FIN from a RST.
final class TestSocket: Sendable {
    enum End: Equatable { case fin, reset }

    struct Failure: Error {
        var message: String
    }

    let descriptor: Int32

    init(descriptor: Int32) {
        self.descriptor = descriptor
        _ = fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) | O_NONBLOCK)
    }

    deinit { Glibc.close(descriptor) }

    static func connect(to port: Int) throws -> TestSocket {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        var address = Self.address(port)
        let isConnected = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
        guard isConnected else { throw Failure(message: "connect: \(String(cString: strerror(errno)))") }
        var on: Int32 = 1
        setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &on, socklen_t(MemoryLayout<Int32>.size))
        return TestSocket(descriptor: descriptor)
    }

    static func address(_ port: Int) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(port).bigEndian
        address.sin_addr.s_addr = UInt32(INADDR_LOOPBACK).bigEndian
        return address
    }

    func send(_ text: String) async throws { try await send(Array(text.utf8)) }

    func send(_ bytes: [UInt8]) async throws {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = sendNow(rest)
            rest = rest.dropFirst(count)
            if count == 0 { try await Task.sleep(for: .milliseconds(2)) }
        }
    }

    /// What the socket takes at once: 0 where it is full.
    func sendNow(_ bytes: ArraySlice<UInt8>) -> Int {
        max(0, bytes.withUnsafeBytes { Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) })
    }

    /// What comes until there are so many bytes.
    func receive(_ count: Int) async throws -> String {
        let (bytes, end) = try await receiveBytes(count)
        try #require(
            bytes.count == count, "ended after '\(String(decoding: bytes, as: UTF8.self))': \(String(describing: end))")
        return String(decoding: bytes, as: UTF8.self)
    }

    /// What comes until the text does.
    func receive(upTo text: String) async throws -> String {
        var received = ""
        while !received.hasSuffix(text) { received += try await receive(1) }
        return received
    }

    /// What comes until the end, and which end that is.
    func receiveAll() async throws -> (text: String, end: End) {
        let (bytes, end) = try await receiveBytes(.max)
        return (String(decoding: bytes, as: UTF8.self), try #require(end))
    }

    /// Whether nothing has come that has not been received.
    var isSilent: Bool {
        var byte: UInt8 = 0
        return recv(descriptor, &byte, 1, Int32(MSG_PEEK | MSG_DONTWAIT)) < 0 && errno == EAGAIN
    }

    func receiveBytes(_ count: Int) async throws -> ([UInt8], End?) {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        for _ in 0..<15_000 {
            while bytes.count < count {
                let received = recv(descriptor, &buffer, min(buffer.count, count - bytes.count), 0)
                if received == 0 { return (bytes, .fin) }
                if received > 0 {
                    bytes += buffer[..<received]
                } else if errno == EAGAIN {
                    break
                } else {
                    return (bytes, .reset)
                }
            }
            if bytes.count >= count { return (bytes, nil) }
            try await Task.sleep(for: .milliseconds(2))
        }
        throw Failure(message: "nothing came for half a minute after '\(String(decoding: bytes, as: UTF8.self))'")
    }

    /// FIN.
    func endOutput() { shutdown(descriptor, Int32(SHUT_WR)) }

    /// RST, once the last reference goes.
    func makeResetting() {
        var value = linger(l_onoff: 1, l_linger: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &value, socklen_t(MemoryLayout<linger>.size))
    }
}

/// The server that a proxy passes connections on to; what it does is up to the test.
final class TestServer: Sendable {
    private let descriptor: Int32
    let port: Int

    init() throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue), 0)
        var address = TestSocket.address(0)
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let descriptor = descriptor
        let isBound = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, length) == 0 && getsockname(descriptor, $0, &length) == 0
            }
        }
        try #require(isBound && listen(descriptor, 4096) == 0)
        port = Int(UInt16(bigEndian: address.sin_port))
    }

    deinit { close(descriptor) }

    /// From now on connections are refused.
    func stop() { shutdown(descriptor, Int32(SHUT_RDWR)) }

    func accept() async throws -> TestSocket {
        for _ in 0..<15_000 {
            let accepted = Glibc.accept(descriptor, nil, nil)
            if accepted >= 0 { return TestSocket(descriptor: accepted) }
            try await Task.sleep(for: .milliseconds(2))
        }
        throw TestSocket.Failure(message: "no connection came for half a minute")
    }

    /// Whether nobody has connected whom `accept` has not returned.
    var isIdle: Bool {
        let accepted = Glibc.accept(descriptor, nil, nil)
        if accepted >= 0 { close(accepted) }
        return accepted < 0
    }
}
