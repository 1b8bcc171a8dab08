import Glibc

/// One line on standard error that is written over and over, for a person at a terminal.
enum StatusLine {
    /// Whether standard error is a terminal that can take a line back.
    static var isPossible: Bool {
        guard isatty(STDERR_FILENO) == 1, let terminal = getenv("TERM") else { return false }
        return !["", "dumb"].contains(String(cString: terminal))
    }

    /// Cut to the window: a line that wraps cannot be written over.
    static func show(_ text: String) { StandardStreams.error(start + text.prefix(width)) }

    static func clear() { StandardStreams.error(start) }

    /// A line that stays, above the one that is written over.
    static func leave(_ text: String) { StandardStreams.error(start + text + "\n") }

    /// Characters that a line may have.
    static var width: Int { max(20, RunText.columns(of: STDERR_FILENO) - 1) }

    /// To the first column, and nothing on the line.
    private static let start = "\r\u{1B}[K"
}
