import COpenSSL

/// OpenSSL's queue of errors of the calling thread.
///
/// libwebsockets asks the same queue for the result of its reads and writes: an error of ours that stayed in the
/// queue would close an unrelated connection. An error that was there before is left there.
package enum ErrorQueue {
    /// Calls OpenSSL, and removes the errors that the call left in the queue.
    static func drained<Result: ~Copyable, Failure: Error>(_ call: () throws(Failure) -> Result) throws(Failure)
        -> Result
    {
        ERR_set_mark()
        defer { ERR_pop_to_mark() }
        return try call()
    }

    /// Whether the thread's queue is empty.
    package static var isEmpty: Bool { ERR_peek_error() == 0 }
}
