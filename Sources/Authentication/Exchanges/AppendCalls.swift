import Glibc

/// The system calls that append to a file, so that tests can simulate full, slow and failing disks.
package struct AppendCalls: Sendable {
    /// write(2).
    package var write: @Sendable (Int32, UnsafeRawBufferPointer) -> Int
    /// fsync(2).
    package var synchronise: @Sendable (Int32) -> Int32

    package static let system = Self(
        write: { Glibc.write($0, $1.baseAddress, $1.count) }, synchronise: { fsync($0) })

    package init(
        write: @escaping @Sendable (Int32, UnsafeRawBufferPointer) -> Int,
        synchronise: @escaping @Sendable (Int32) -> Int32
    ) {
        self.write = write
        self.synchronise = synchronise
    }
}
