import Authentication
import FoundationEssentials
import Glibc

/// Files that only their owner may read.
enum SecretFile {
    static func makeFolder(_ path: String) throws(CredentialError) {
        guard mkdir(path, 0o700) == 0 else { throw failure(path) }
    }

    /// Replaces a file as a whole, so that no reader sees a part of it.
    static func write(_ text: String, to path: String) throws(CredentialError) {
        let draft = path + ".new"
        unlink(draft)
        let descriptor = open(draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw failure(path) }
        let bytes = Array(text.utf8)
        let count = Glibc.write(descriptor, bytes, bytes.count)
        guard close(descriptor) == 0, count == bytes.count, rename(draft, path) == 0 else { throw failure(path) }
    }

    static func read(_ path: String) throws(CredentialError) -> String {
        guard let data = try? Data(contentsOf: URL(filePath: path)) else { throw failure(path) }
        return String(decoding: data, as: UTF8.self)
    }

    private static func failure(_ path: String) -> CredentialError {
        CredentialError(.unavailable, "\(path): \(String(cString: strerror(errno))); choose another folder")
    }
}
