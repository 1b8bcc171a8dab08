import ExperimentRunner
import Glibc

/// The programs that a run starts.
struct ProgramChecks {
    let floorFolder: String

    var findings: [DoctorFinding] {
        [
            program(
                "gnuplot", needed: "reports have no charts without it", package: "gnuplot-nox", grade: .warning),
            program("openssl", needed: "cells over TLS need its certificate", package: "openssl", grade: .problem),
            program(
                "taskset", needed: "`tandem run --pin` confines processes with it", package: "util-linux",
                grade: .warning),
            floor,
        ]
    }

    private func program(
        _ name: String, needed: String, package: String, grade: DoctorFinding.Grade
    ) -> DoctorFinding {
        if let path = HelperProgram.path(of: name) { return DoctorFinding(name, .good, path) }
        return DoctorFinding(
            name, grade, "not in PATH; \(needed)", advice: "install it: sudo apt-get install \(package)")
    }

    private var floor: DoctorFinding {
        let path = floorFolder + "/floor-server"
        guard access(path, X_OK) != 0 else { return DoctorFinding("floor", .good, path) }
        return DoctorFinding(
            "floor", .warning, "\(path) is not built; the machine's own limit is not measured without it",
            advice: "build it: make floor")
    }
}
