import Glibc

/// Functions of libwebsockets that have one of the program in their place (ld.so(8), symbol interposition).
enum LibrarySymbol {
    // RTLD_NEXT, a macro that does not reach Swift.
    nonisolated(unsafe) private static let next = UnsafeMutableRawPointer(bitPattern: -1)

    /// The library's own.
    static func own<Function>(_ name: String, as type: Function.Type) -> Function {
        guard let found = dlsym(next, name) else { preconditionFailure("libwebsockets is linked, so it has \(name)") }
        return unsafeBitCast(found, to: type)
    }

    /// Whether the program's is the one that the dynamic linker finds.
    static func isReplaced(_ name: String) -> Bool {
        guard let found = dlsym(nil, name) else { return false }
        return found != dlsym(next, name)
    }
}
