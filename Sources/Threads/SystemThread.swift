import Glibc

/// A thread of the system, for work that blocks or that must not wait behind a pool's.
public final class SystemThread: Sendable {
    /// The system has no thread to give.
    public struct Failure: Error, CustomStringConvertible {
        /// What happened and what to do about it.
        public let description: String
    }

    private final class Work: Sendable {
        let body: @Sendable () -> Void
        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }

    private let handle: pthread_t

    /// Starts a thread that runs `body`. `join` or `detach` it, exactly once.
    /// - Throws: `Failure` where there are as many threads as may be, or no memory for its stack; `body` is released then.
    public init(_ body: @escaping @Sendable () -> Void) throws(Failure) {
        let work = Unmanaged.passRetained(Work(body))
        var handle = pthread_t()
        let failure = pthread_create(
            &handle, nil,
            { argument in
                Unmanaged<Work>.fromOpaque(argument!).takeRetainedValue().body()
                return nil
            }, work.toOpaque())
        guard failure == 0 else {
            work.release()
            throw Failure(
                description: "no thread could be made: \(String(cString: strerror(failure))); raise `ulimit -u`, "
                    + "or the memory that the process may have")
        }
        self.handle = handle
    }

    /// Waits for the body to return.
    public func join() { pthread_join(handle, nil) }

    /// Lets the thread end by itself.
    public func detach() { pthread_detach(handle) }
}
