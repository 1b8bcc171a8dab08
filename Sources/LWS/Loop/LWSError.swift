/// A call of libwebsockets, libuv or the system failed.
public struct LWSError: Error, CustomStringConvertible, Sendable {
    /// The C function that failed.
    public var function: String
    /// What happened and what to do about it.
    public var message: String
    public var description: String { "\(function): \(message)" }

    init(_ function: String, _ message: String) {
        self.function = function
        self.message = message
    }

    static let unknownLibrary = Self(
        "lws_create_context", "this libwebsockets is none that Tandem knows: install 4.1.6")
}
