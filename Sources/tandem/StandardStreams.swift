import Glibc

/// Writes to the standard streams without a buffer and without the locks of C's streams, whose flush waits for a
/// thread that reads standard input.
enum StandardStreams {
    /// A command's output.
    static func output(_ text: String) { write(text, to: STDOUT_FILENO) }

    /// Text for a person that is not part of the command's output.
    static func error(_ text: String) { write(text, to: STDERR_FILENO) }

    private static func write(_ text: String, to descriptor: Int32) {
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            guard count > 0 || errno == EINTR else { return }
            rest = rest.dropFirst(max(0, count))
        }
    }
}
