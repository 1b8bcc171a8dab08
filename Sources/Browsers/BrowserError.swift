/// A browser did not start, or a command failed.
package struct BrowserError: Error, Hashable, CustomStringConvertible {
    package enum Code: Hashable, Sendable {
        /// It is not installed, ended at once, or did not say where it listens.
        case notStarted
        /// It did not answer in time.
        case timeout
        /// It refused a command, a script threw, or its connection ended.
        case failed
    }

    package var code: Code
    /// One sentence for a person.
    package var message: String
    package var description: String { message }

    init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }
}
