import Foundation

/// The built command.
enum ObservedCommand {
    /// Beside the test bundle, where the build puts it.
    static let path: String = {
        let bundle = CommandLine.arguments.first { $0.hasSuffix(".xctest") }
        let program = bundle.map { URL(fileURLWithPath: $0) } ?? URL(fileURLWithPath: "/proc/self/exe")
        return program.resolvingSymlinksInPath().deletingLastPathComponent().appendingPathComponent("tandem").path
    }()
}
