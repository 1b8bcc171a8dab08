import ExperimentModel
import FoundationEssentials
import NIOHTTP1
import TransportCore

/// A fault in a request: `{"fault": "latency", "for": 2, "parameters": {"milliseconds": 50}}`.
///
/// Its form is that of an encoded `FaultStep`. The same members are optional, and unknown ones are refused.
struct StepForm: Decodable {
    let step: FaultStep

    private struct Key: CodingKey {
        var stringValue: String
        var intValue: Int? { nil }
        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: Key.self)
        let known = ["fault", "at", "for", "parameters"]
        for key in fields.allKeys where !known.contains(key.stringValue) {
            throw FaultError(
                .invalid,
                "unknown key '\(key.stringValue)' in a fault (valid here: \(known.joined(separator: ", "))); "
                    + "its own parameters stand under 'parameters'")
        }
        func value<Value: Decodable>(_ name: String, _ type: Value.Type, _ what: String) throws -> Value? {
            do {
                return try fields.decodeIfPresent(type, forKey: Key(stringValue: name))
            } catch {
                throw FaultError(.invalid, "'\(name)' must be \(what)")
            }
        }
        guard let fault = try value("fault", String.self, "a name") else {
            throw FaultError(.invalid, "a fault lacks the key 'fault': its name")
        }
        step = FaultStep(
            fault, at: try value("at", Double.self, "a number of seconds") ?? 0,
            for: try value("for", Double.self, "a number of seconds"),
            parameters: try value("parameters", [String: Double].self, "an object of numbers") ?? [:])
    }

    private struct PlanForm: Decodable {
        var steps: [StepForm]

        init(from decoder: any Decoder) throws {
            let fields = try decoder.container(keyedBy: Key.self)
            for key in fields.allKeys where !["steps", "name"].contains(key.stringValue) {
                throw FaultError(.invalid, "unknown key '\(key.stringValue)' in a plan (valid here: steps, name)")
            }
            guard fields.contains(Key(stringValue: "steps")) else {
                throw FaultError(.invalid, "a plan lacks the key 'steps': a list of faults")
            }
            do {
                steps = try fields.decode([StepForm].self, forKey: Key(stringValue: "steps"))
            } catch is DecodingError {
                throw FaultError(.invalid, "'steps' must be a list of faults")
            }
        }
    }

    /// - Parameter isImmediate: whether the fault begins now, and has no time of its own.
    static func decode(_ body: Data, isImmediate: Bool, _ request: HTTPRequestHead) throws(FaultError) -> FaultStep {
        let step = try decode(StepForm.self, body, request).step
        guard !isImmediate || step.at == 0 else {
            throw FaultError(.invalid, "a fault that is posted begins now: leave out 'at', or PUT a plan")
        }
        return step
    }

    static func decodePlan(_ body: Data, _ request: HTTPRequestHead) throws(FaultError) -> [FaultStep] {
        try decode(PlanForm.self, body, request).steps.map(\.step)
    }

    private static func decode<Form: Decodable>(
        _ form: Form.Type, _ body: Data, _ request: HTTPRequestHead
    ) throws(FaultError) -> Form {
        // A page of another origin cannot send this type without a preflight request, and that gets no answer (Fetch,
        // CORS protocol).
        guard isJSON(request.headers["Content-Type"]) else {
            throw FaultError(
                .invalid, "the body must be JSON, with Content-Type: application/json (curl --json does it)")
        }
        if let fault = StrictJSON.fault(in: Array(body)) { throw FaultError(.invalid, "the body is \(fault)") }
        do {
            return try JSONDecoder().decode(form, from: body)
        } catch let error as FaultError {
            throw error
        } catch DecodingError.dataCorrupted(let context) {
            throw FaultError(.invalid, "the body cannot be read: \(context.debugDescription)")
        } catch {
            throw FaultError(.invalid, "the body must be a JSON object")
        }
    }

    /// Whether the media type is `application/json`, with or without parameters (RFC 9110, section 8.3.1).
    private static func isJSON(_ types: [String]) -> Bool {
        guard types.count == 1 else { return false }
        let words = types[0].prefix { $0 != ";" }.split { $0 == " " || $0 == "\t" }
        return words.count == 1 && words[0].lowercased() == "application/json"
    }
}
