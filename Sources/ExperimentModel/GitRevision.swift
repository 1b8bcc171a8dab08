import Glibc

/// A checkout and its commit, read from the files of the repository, so that git need not be installed.
struct GitRevision {
    /// Nil before the first commit.
    let commit: String?
    private let folder: String

    /// The checkout that contains `path`; nil outside one.
    init?(around path: String) {
        guard let resolved = realpath(path, nil) else { return nil }
        defer { free(resolved) }
        var folder = String(cString: resolved)
        while true {
            if let repository = Self.repository(at: folder + "/.git") {
                commit = Self.head(of: repository)
                self.folder = folder
                return
            }
            guard let slash = folder.lastIndex(of: "/"), folder != "/" else { return nil }
            folder = slash == folder.startIndex ? "/" : String(folder[..<slash])
        }
    }

    /// The checkout that this program was built in, from whatever folder it is called; nil where it was copied
    /// elsewhere, even into another checkout.
    static var ofThisProgram: Self? {
        guard let found = Self(around: "/proc/self/exe"),
            access(found.folder + "/Sources/tandem/Tandem.swift", F_OK) == 0
        else { return nil }
        return found
    }

    /// Whether the sources differ from the commit; nil where git cannot tell.
    var isDirty: Bool? {
        let quoted =
            "'" + folder.split(separator: "'", omittingEmptySubsequences: false).joined(separator: #"'\''"#) + "'"
        // Without locks, because somebody may be working there.
        let command = "GIT_OPTIONAL_LOCKS=0 git -C \(quoted) status --porcelain -- Package.swift Sources 2>/dev/null"
        guard let pipe = popen(command, "re") else { return nil }
        var isEmpty = true
        while fgetc(pipe) != EOF { isEmpty = false }
        return pclose(pipe) == 0 ? !isEmpty : nil
    }

    /// The folder itself, or the one that the file of a linked work tree names (gitrepository-layout(5)).
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
        // A linked work tree has its branches in the common folder.
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
