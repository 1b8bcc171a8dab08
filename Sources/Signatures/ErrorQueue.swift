import COpenSSL

/// OpenSSL's errors of the calling thread.
///
/// libwebsockets asks the same queue what became of its reads and writes: an error of ours that stayed in it would end somebody's
/// connection. One that was there before is left to whom it belongs.
package enum ErrorQueue {
    /// Calls OpenSSL, and takes away what errors that left.
    static func drained<Result: ~Copyable, Failure: Error>(_ call: () throws(Failure) -> Result) throws(Failure)
        -> Result
    {
        ERR_set_mark()
        defer { ERR_pop_to_mark() }
        return try call()
    }

    /// Whether the thread has no error to show.
    package static var isEmpty: Bool { ERR_peek_error() == 0 }
}
