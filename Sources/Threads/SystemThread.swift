import Glibc

/// A thread of the system, for work that blocks or that must not wait for a thread of Swift's pool.
public final class SystemThread: Sendable {
    /// The system could not create a thread.
    public struct Failure: Error, CustomStringConvertible {
        /// What happened and what to do about it.
        public let description: String
    }

    private final class Work: Sendable {
        let body: @Sendable () -> Void
        let end: Latch

        init(_ body: @escaping @Sendable () -> Void, _ end: Latch) {
            self.body = body
            self.end = end
        }
    }

    private let handle: pthread_t
    /// Opens when the body has returned. It is a separate object, because the body may keep the thread alive.
    private let end = Latch()

    /// Starts a thread that runs `body`. `join`, `joined` or `detach` it, exactly once.
    /// - Throws: `Failure` where the limit on threads is reached, or there is no memory for the thread's stack;
    ///   `body` is released then.
    public init(_ body: @escaping @Sendable () -> Void) throws(Failure) {
        let work = Unmanaged.passRetained(Work(body, end))
        var handle = pthread_t()
        let failure = pthread_create(
            &handle, nil,
            { argument in
                let work = Unmanaged<Work>.fromOpaque(argument!).takeRetainedValue()
                work.body()
                work.end.open()
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

    /// Waits for the body to return without blocking a thread of Swift's pool.
    public func joined() async {
        await end.wait()
        join()
    }

    /// Detaches the thread, which then ends by itself.
    public func detach() { pthread_detach(handle) }
}
