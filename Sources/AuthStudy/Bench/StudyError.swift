/// A part of the vector could not be measured, because the server or this machine did not do what the measure
/// requires.
public struct StudyError: Error, CustomStringConvertible {
    /// One sentence for a person.
    public var message: String
    /// Whether a moment passed before the measure was ready for it.
    public var isTooLate = false
    public var description: String { message }

    public init(_ message: String) { self.message = message }
}
