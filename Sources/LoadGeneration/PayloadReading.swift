/// How the load generator identifies the update in a payload, and its intended time of publication.
public enum PayloadReading: Sendable {
    /// Tandem's update.
    case update
    case foreign(timestamp: JSONPointer, format: ForeignServer.TimestampFormat, sequence: JSONPointer?)

    public init(_ foreign: ForeignServer?) throws(LoadError) {
        guard let foreign else {
            self = .update
            return
        }
        self = .foreign(
            timestamp: try JSONPointer(foreign.timestampPointer), format: foreign.timestampFormat,
            sequence: try foreign.sequencePointer.map { (text) throws(LoadError) in try JSONPointer(text) })
    }

    /// The time and the number in a payload.
    package struct Reading {
        /// Nanoseconds since 1970; nil if the payload has no time between 1970 and 2200.
        package var timestamp: Int64?
        /// From 1; nil if the payload has no number.
        package var sequence: Int?

        package init(timestamp: Int64? = nil, sequence: Int? = nil) {
            self.timestamp = timestamp
            self.sequence = sequence
        }
    }

    package func read(_ payload: UnsafeRawBufferPointer, _ parser: inout TimestampParser) -> Reading {
        switch self {
        case .update:
            guard let range = TimestampParser.range(in: payload) else { return Reading() }
            return Reading(timestamp: Self.plausible(parser.parse(UnsafeRawBufferPointer(rebasing: payload[range]))))
        case .foreign(let pointer, let format, let sequencePointer):
            var reading = Reading()
            if let value = pointer.find(in: payload) {
                reading.timestamp = Self.plausible(
                    Self.time(UnsafeRawBufferPointer(rebasing: payload[value.bytes]), format, &parser))
            }
            if let value = sequencePointer?.find(in: payload) {
                reading.sequence = Int(String(decoding: payload[value.bytes], as: UTF8.self))
            }
            return reading
        }
    }

    private static func time(
        _ text: UnsafeRawBufferPointer, _ format: ForeignServer.TimestampFormat, _ parser: inout TimestampParser
    ) -> Int64? {
        switch format {
        case .rfc3339: parser.parse(text)
        case .unixNanoseconds: Int64(String(decoding: text, as: UTF8.self))
        case .unixMilliseconds:
            // A server may write a whole number as 1.5e12, or with a decimal point.
            Double(String(decoding: text, as: UTF8.self)).flatMap { Int64(exactly: $0.rounded()) }.flatMap {
                let (time, overflow) = $0.multipliedReportingOverflow(by: 1_000_000)
                return overflow ? nil : time
            }
        }
    }

    /// Accepts times from 1970 to 2200: their sums and differences with a clock's fit into 64 bits.
    private static func plausible(_ time: Int64?) -> Int64? {
        time.flatMap { (0...7_258_118_400_000_000_000).contains($0) ? $0 : nil }
    }
}
