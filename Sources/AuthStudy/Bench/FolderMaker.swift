import Glibc

enum FolderMaker {
    /// Makes a folder that only this user may read.
    static func make(_ path: String) throws {
        guard mkdir(path, 0o700) == 0 || errno == EEXIST else {
            throw StudyError("\(path) cannot be made: \(String(cString: strerror(errno)))")
        }
    }
}
