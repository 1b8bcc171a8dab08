import CLibwebsockets

/// Limits the part of a table that libwebsockets 4.1 searches: a context's connections by descriptor. It has an entry
/// for each descriptor that the process may open. As Debian builds libwebsockets, it checks after each close that no
/// entry of the descriptor is left, and looks at all entries.
///
/// Here the table ends after the highest descriptor that a server's loop has accepted. libwebsockets accepts no
/// descriptor above that, so `makeRoom` must be called before each.
final class DescriptorTable {
    private let bound: UnsafeMutablePointer<Int32>
    private let size: Int32

    /// - Throws: `LWSError` where the limit is not at the expected place in memory.
    init(of context: OpaquePointer) throws {
        guard let bound = tandem_descriptor_bound(context), bound.pointee > 0 else { throw LWSError.unknownLibrary }
        self.bound = bound
        size = bound.pointee
        bound.pointee = 0
    }

    /// libwebsockets is about to get a connection.
    func makeRoom(for descriptor: Int32) {
        if descriptor >= bound.pointee { bound.pointee = min(size, descriptor + 1) }
    }

    /// From now on libwebsockets opens descriptors by itself, or closes its own.
    func restore() { bound.pointee = size }
}
