import Foundation

/// A folder that is removed with the test that made it.
final class TemporaryFolder {
    let path: String

    init() throws {
        var template = Array((NSTemporaryDirectory() + "/tandem-XXXXXX").utf8CString)
        guard mkdtemp(&template) != nil else { throw CocoaError(.fileWriteUnknown) }
        let name = template.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
        path = String(decoding: name, as: UTF8.self)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }
}
