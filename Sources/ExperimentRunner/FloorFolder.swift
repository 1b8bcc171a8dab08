import Glibc

/// Where the floor's programs are.
public enum FloorFolder {
    /// As `make floor` builds it, seen from the project's folder.
    public static let standard = ".build/floor"

    /// - Parameters:
    ///   - asked: a folder; `standard` stands for the one of the running program too.
    ///   - program: the path of the running program, without symbolic links.
    /// - Returns: `asked`, unless only the build folder that the program lies in has a floor.
    public static func find(_ asked: String, beside program: String) -> String {
        find(asked, beside: program) { access($0 + "/floor-server", X_OK) == 0 }
    }

    package static func find(_ asked: String, beside program: String, isBuilt: (_ folder: String) -> Bool) -> String {
        guard asked == standard, !isBuilt(asked) else { return asked }
        let path = program.split(separator: "/")
        guard let build = path.lastIndex(of: ".build") else { return asked }
        let folder = "/" + path[...build].joined(separator: "/") + "/floor"
        return isBuilt(folder) ? folder : asked
    }
}
