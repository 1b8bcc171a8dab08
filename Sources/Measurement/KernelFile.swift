import Glibc

/// Reads files of `/proc` and `/sys`. Their size is not known before they are read, and they may vanish meanwhile.
package enum KernelFile {
    package static func text(_ path: String) throws(MeasurementError) -> String {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure("open", path) }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = read(descriptor, &buffer, buffer.count)
            if count > 0 {
                bytes.append(contentsOf: buffer[..<count])
            } else if count == 0 {
                return String(decoding: bytes, as: UTF8.self)
            } else if errno != EINTR {
                throw failure("read", path)
            }
        }
    }

    /// The names in a folder, without `.` and `..`.
    package static func names(_ path: String) throws(MeasurementError) -> [String] {
        guard let folder = opendir(path) else { throw failure("opendir", path) }
        defer { closedir(folder) }
        var names: [String] = []
        while let entry = readdir(folder) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names
    }

    /// The number after `key:` in a file of `key: number [kB]` lines; nil where the key is missing.
    static func number(_ key: String, in text: String) -> Int64? {
        for line in text.split(separator: "\n") where line.hasPrefix(key) {
            let rest = line.dropFirst(key.count)
            guard rest.first == ":" else { continue }
            return rest.dropFirst().split(whereSeparator: { $0 == " " || $0 == "\t" }).first.flatMap { Int64($0) }
        }
        return nil
    }

    private static func failure(_ call: String, _ path: String) -> MeasurementError {
        let code = errno
        let kind: MeasurementError.Code =
            switch code {
            case ESRCH: .noSuchProcess
            case ENOENT:
                path.hasPrefix("/proc/") && path.dropFirst(6).first?.isNumber == true ? .noSuchProcess : .unavailable
            case EACCES, EPERM: .notPermitted
            default: .unavailable
            }
        return MeasurementError(kind, "\(call) \(path): \(String(cString: strerror(code)))", systemError: code)
    }
}
