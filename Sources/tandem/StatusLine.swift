import Glibc

/// A line on standard error that is overwritten, for a person at a terminal.
enum StatusLine {
    /// Whether standard error is a terminal that can overwrite a line.
    static var isPossible: Bool {
        guard isatty(STDERR_FILENO) == 1, let terminal = getenv("TERM") else { return false }
        return !["", "dumb"].contains(String(cString: terminal))
    }

    /// Cut to the width of the window, because a line that wraps cannot be overwritten.
    static func show(_ text: String) { StandardStreams.error(start + text.prefix(width)) }

    static func clear() { StandardStreams.error(start) }

    /// Writes a line that stays, above the status line.
    static func leave(_ text: String) { StandardStreams.error(start + text + "\n") }

    /// The maximum length of a line in characters.
    static var width: Int { max(20, RunText.columns(of: STDERR_FILENO) - 1) }

    /// Goes to the first column and clears the line.
    private static let start = "\r\u{1B}[K"
}
