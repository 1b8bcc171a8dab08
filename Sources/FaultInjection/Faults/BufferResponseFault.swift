package import ExperimentModel

/// Buffers responses as a proxy may: the head passes, and the body waits until a buffer is full, or until the
/// response or the connection ends.
package struct BufferResponseFault: Fault {
    package static let profile = FaultProfile.proxy(
        "buffer-response", "holds bodies back until so many bytes are there, or their end is",
        [.bytes(65_536, in: 1...16_777_216)], needsPlain: true)

    private let size: Int

    package init(_ settings: FaultParameters) { size = settings.integer("bytes") }

    package func handlers(on connection: ProxiedConnection, _ active: ActiveFault) -> FaultHandlers {
        FaultHandlers(
            client: BufferingBodies(size, connection.responseScanner) { connection.log(.held, by: active) })
    }
}
