import Glibc

/// Has the system refuse every new thread of this process, whose stack would need more than there are addresses.
enum ThreadLack {
    static func begin() { setStack(1 << 47) }
    static func end() { setStack(8 * 1024 * 1024) }

    private static func setStack(_ size: Int) {
        // glibc declares it only with _GNU_SOURCE, which Swift's importer does not set.
        typealias Function = @convention(c) (UnsafePointer<pthread_attr_t>) -> Int32
        guard let symbol = dlsym(nil, "pthread_setattr_default_np") else { fatalError("glibc has this function") }
        var attributes = pthread_attr_t()
        pthread_attr_init(&attributes)
        defer { pthread_attr_destroy(&attributes) }
        pthread_attr_setstacksize(&attributes, size)
        let failure = unsafeBitCast(symbol, to: Function.self)(&attributes)
        precondition(failure == 0, "pthread_setattr_default_np: \(failure)")
    }
}
