/// The result of one check.
struct DoctorFinding: Encodable {
    enum Grade: String, Encodable {
        case good
        /// Measuring works, but is less reliable, or lacks a part.
        case warning
        case problem
    }

    var check: String
    var grade: Grade
    var found: String
    /// What to do; nil where nothing is wrong.
    var advice: String?

    init(_ check: String, _ grade: Grade, _ found: String, advice: String? = nil) {
        self.check = check
        self.grade = grade
        self.found = found
        self.advice = advice
    }

    var text: String {
        let mark =
            switch grade {
            case .good: "ok      "
            case .warning: "warning "
            case .problem: "PROBLEM "
            }
        return "\(mark) \(check): \(found)" + (advice.map { "\n         \($0)" } ?? "")
    }
}
