import Glibc

/// A thread for work that must not wait behind a pool's.
package final class DedicatedThread: Sendable {
    private final class Work: Sendable {
        let body: @Sendable () -> Void
        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }

    private let handle: pthread_t

    init(_ body: @escaping @Sendable () -> Void) {
        var handle = pthread_t()
        let failure = pthread_create(
            &handle, nil,
            { argument in
                Unmanaged<Work>.fromOpaque(argument!).takeRetainedValue().body()
                return nil
            }, Unmanaged.passRetained(Work(body)).toOpaque())
        precondition(failure == 0, "pthread_create: \(String(cString: strerror(failure)))")
        self.handle = handle
    }

    /// Waits for the body to return. Call it exactly once.
    package func join() { pthread_join(handle, nil) }
}
