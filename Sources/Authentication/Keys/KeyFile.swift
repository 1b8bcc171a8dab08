import Glibc

/// Reads and makes files of keys, with the care that secrets need.
enum KeyFile {
    /// Even a set of thousands of keys is smaller.
    static let maximumBytes = 1024 * 1024

    /// The content, and whether users other than the owner may read it.
    static func read(_ path: String) throws(CredentialError) -> (bytes: [UInt8], isShared: Bool) {
        // Without O_NONBLOCK a pipe without a writer would block this call before we could see that it is a pipe.
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw failure("cannot be opened", path, errno) }
        defer { close(descriptor) }
        // The status of the open file and not of the path, so that we check what we read.
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw failure("cannot be examined", path, errno) }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw CredentialError(.unavailable, "\(path) is not a regular file: give the path of a JWKS file")
        }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 16 * 1024)
        while true {
            let count = Glibc.read(descriptor, &chunk, chunk.count)
            if count < 0 {
                if errno == EINTR { continue }
                throw failure("cannot be read", path, errno)
            }
            if count == 0 { break }
            bytes += chunk[..<count]
            guard bytes.count <= maximumBytes else {
                throw CredentialError(
                    .malformed, "\(path) is larger than \(maximumBytes) bytes: give the path of a JWKS file")
            }
        }
        return (bytes, status.st_mode & (S_IRWXG | S_IRWXO) != 0)
    }

    /// Makes a file that must not exist, with exactly this mode from the beginning.
    static func create(_ path: String, mode: mode_t, _ bytes: [UInt8]) throws(CredentialError) {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode)
        guard descriptor >= 0 else {
            if errno == EEXIST {
                throw CredentialError(
                    .exists, "\(path) is there already, and keys are not overwritten: remove it or choose another path")
            }
            throw failure("cannot be made", path, errno)
        }
        var error: Int32 = 0
        var written = 0
        while written < bytes.count, error == 0 {
            let count = bytes[written...].withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
            if count >= 0 { written += count } else if errno != EINTR { error = errno }
        }
        // The process's umask may have removed bits of the mode.
        if error == 0, fchmod(descriptor, mode) != 0 { error = errno }
        if error == 0, fsync(descriptor) != 0 { error = errno }
        if close(descriptor) != 0, error == 0 { error = errno }
        guard error == 0 else {
            unlink(path)
            throw failure("cannot be written", path, error)
        }
    }

    private static func failure(_ what: String, _ path: String, _ error: Int32) -> CredentialError {
        let advice =
            switch error {
            case ENOENT: "check the path and that its directory exists"
            case EACCES, EPERM: "check who may read and write it"
            default: "try again or choose another path"
            }
        return CredentialError(.unavailable, "\(path) \(what) (\(String(cString: strerror(error)))): \(advice)")
    }
}
