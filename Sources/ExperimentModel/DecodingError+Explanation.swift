extension DecodingError {
    /// Explains why a text could not be decoded, and names the member: `'load.orders' is missing`.
    package static func explanation(of error: any Error) -> String {
        func place(_ path: [any CodingKey]) -> String {
            path.map { $0.intValue.map(String.init) ?? $0.stringValue }.joined(separator: ".")
        }
        func about(_ context: Context) -> String {
            // Foundation may end its text with a full stop; here it is part of a sentence.
            let text =
                context.debugDescription.hasSuffix(".")
                ? String(context.debugDescription.dropLast()) : context.debugDescription
            return context.codingPath.isEmpty ? text : "'\(place(context.codingPath))': \(text)"
        }
        func lack(_ context: Context) -> String {
            // One error stands for both, and only Foundation's text distinguishes them.
            guard context.debugDescription.contains("is at end") else {
                return context.codingPath.isEmpty ? "it is null" : "'\(place(context.codingPath))' is null"
            }
            let list = context.codingPath.dropLast(context.codingPath.last?.intValue == nil ? 0 : 1)
            return list.isEmpty ? "the list is too short" : "the list '\(place(Array(list)))' is too short"
        }
        return switch error as? DecodingError {
        case .keyNotFound(let key, let context): "'\(place(context.codingPath + [key]))' is missing"
        case .valueNotFound(_, let context): lack(context)
        case .typeMismatch(_, let context), .dataCorrupted(let context): about(context)
        default: "\(error)"
        }
    }
}
