import Glibc

/// The commit that is checked out, read from the files of the repository: git need not be installed.
enum GitRevision {
    /// The commit of the checkout that holds `path`; nil outside one, or before its first commit.
    static func find(from path: String) -> String? {
        guard let resolved = realpath(path, nil) else { return nil }
        defer { free(resolved) }
        var folder = String(cString: resolved)
        while true {
            if let repository = repository(at: folder + "/.git") { return head(of: repository) }
            guard let slash = folder.lastIndex(of: "/"), folder != "/" else { return nil }
            folder = slash == folder.startIndex ? "/" : String(folder[..<slash])
        }
    }

    /// The folder itself, or the one that a linked work tree's file names (gitrepository-layout(5)).
    private static func repository(at path: String) -> String? {
        if access(path + "/HEAD", R_OK) == 0 { return path }
        guard let target = text(path), target.hasPrefix("gitdir: ") else { return nil }
        let folder = String(target.dropFirst(8))
        return folder.hasPrefix("/") ? folder : path.dropLast(4) + folder
    }

    private static func head(of repository: String) -> String? {
        guard let head = text(repository + "/HEAD") else { return nil }
        guard head.hasPrefix("ref: ") else { return commit(head) }
        let name = String(head.dropFirst(5))
        // A linked work tree keeps its branches in the common folder.
        let common = text(repository + "/commondir").map { $0.hasPrefix("/") ? $0 : "\(repository)/\($0)" }
        for folder in [repository, common].compactMap({ $0 }) {
            if let found = text("\(folder)/\(name)").flatMap(commit) { return found }
            for line in text(folder + "/packed-refs")?.split(separator: "\n") ?? [] where line.hasSuffix(" " + name) {
                return commit(String(line.prefix { $0 != " " }))
            }
        }
        return nil
    }

    private static func commit(_ text: String) -> String? {
        let isHash = [40, 64].contains(text.utf8.count) && text.allSatisfy(\.isHexDigit)
        return isHash ? text : nil
    }

    private static func text(_ path: String) -> String? {
        guard let bytes = try? DiskFile.read(path) else { return nil }
        return String(decoding: bytes, as: UTF8.self).split(separator: "\n").count > 1
            ? String(decoding: bytes, as: UTF8.self)
            : String(decoding: bytes.filter { $0 != 0x0A }, as: UTF8.self)
    }
}
