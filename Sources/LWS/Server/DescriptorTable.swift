import CLibwebsockets

/// How far libwebsockets 4.1 looks through its table of a context's connections by descriptor, which has room for as many as the process
/// may hold: as Debian builds it, it makes sure after each close that no entry is left of the descriptor, and looks at all of them.
///
/// Here it ends behind the highest descriptor that a server's loop has taken. libwebsockets takes none above, so this must be told of each
/// before.
final class DescriptorTable {
    private let bound: UnsafeMutablePointer<Int32>
    private let size: Int32

    /// - Throws: `LWSError` where the bound is not where it is looked for.
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
