import Glibc

/// Finds the floor's programs.
public enum FloorFolder {
    /// The folder of `make floor`, relative to the project's folder.
    public static let standard = ".build/floor"

    /// - Parameters:
    ///   - asked: a folder; `standard` also stands for the floor of the running program.
    ///   - program: the path of the running program, without symbolic links.
    /// - Returns: `asked`, unless only the build folder of the running program has a floor.
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
