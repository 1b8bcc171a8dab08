public import ArgumentParser
import ExperimentModel
public import LoadGeneration

struct LoadForeignOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp("URL of a subscription; {order} stands for the order's id.", valueName: "template"))
    var targetUrl: String?
    @Option(help: ArgumentHelp("Header field of a subscription; repeat for more.", valueName: "name: value"))
    var header: [String] = []
    @Option(help: ArgumentHelp("URL that publishes an update.", valueName: "template")) var publishUrl: String?
    @Option(help: ArgumentHelp("Method of the request that publishes.", valueName: "method")) var publishMethod = "POST"
    @Option(help: ArgumentHelp("Header field of that request; repeat for more.", valueName: "name: value"))
    var publishHeader: [String] = []
    @Option(
        help: ArgumentHelp(
            "Body of that request, with {order}, {timestamp} and {sequence} where they belong.", valueName: "template"))
    var publishBody: String?
    @Option(help: ArgumentHelp("JSON Pointer to the intended time in a payload.", valueName: "pointer"))
    var timePointer = Self.ownTimePointer
    @Option(help: "How times are written: rfc3339, unix-ms or unix-ns.")
    var timeFormat = ForeignServer.TimestampFormat.rfc3339
    @Option(
        help: ArgumentHelp(
            "JSON Pointer to the update's number in its order: from 1, or with --publish elsewhere from any.",
            valueName: "pointer"))
    var sequencePointer: String?

    /// The place of the time in Tandem's own payloads.
    private static let ownTimePointer = "/timestamp"

    func apply(to specification: inout LoadSpecification) throws {
        guard let targetUrl else {
            guard publishUrl == nil, header.isEmpty, publishHeader.isEmpty, publishBody == nil, sequencePointer == nil,
                timePointer == Self.ownTimePointer, timeFormat == .rfc3339
            else {
                throw ValidationError(
                    "--header, --publish-..., --time-... and --sequence-pointer describe a server that is not Tandem's: add "
                        + "--target-url")
            }
            return
        }
        try Self.check("--target-url", targetUrl, has: ["{order}"])
        guard specification.load.orders == 1 || targetUrl.contains("{order}") else {
            throw ValidationError(
                "--orders \(specification.load.orders) needs {order} in --target-url: else all subscriptions are of one order"
            )
        }
        let address = try ServerAddress(targetUrl)
        specification.target.host = address.host
        specification.target.port = address.port
        specification.target.tls = address.tls
        var foreign = ForeignServer(subscribePath: address.path)
        foreign.headers = try header.map(Self.field)
        foreign.timestampPointer = timePointer
        foreign.timestampFormat = timeFormat
        foreign.sequencePointer = sequencePointer
        guard specification.publishing != .server else {
            throw ValidationError(
                "--publish server is a schedule of Tandem's own server: measure another that publishes by itself with "
                    + "--publish elsewhere")
        }
        if let publishUrl {
            // Without a rate nothing is published, so the templates are not used.
            let isHeld = specification.publishing == .none && specification.load.updatesPerSecond == 0
            guard specification.publishing == .http || isHeld else {
                throw ValidationError(
                    "--publish-url is for --publish http: leave it or --publish \(specification.publishing.rawValue) out"
                )
            }
            guard let publishBody else {
                throw ValidationError(
                    "--publish-url needs --publish-body, with {timestamp} where the intended time belongs")
            }
            try Self.check("--publish-url", publishUrl, has: Self.places)
            try Self.check("--publish-body", publishBody, has: Self.places, isURL: false)
            let isDated = [publishUrl, publishBody].contains { $0.contains("{timestamp}") }
            guard isDated || sequencePointer != nil else {
                throw ValidationError(
                    "--publish-body has no {timestamp}, by which an update is known again: put it where the intended time belongs"
                )
            }
            _ = try ServerAddress(publishUrl)
            var request = ForeignServer.PublishRequest(url: publishUrl, body: publishBody)
            request.method = publishMethod
            request.headers = try publishHeader.map(Self.field)
            foreign.publish = request
        } else if specification.publishing == .http {
            throw ValidationError(
                "say how to publish (--publish-url, --publish-body), that others do (--publish elsewhere), or that nobody does "
                    + "(--publish none)")
        }
        specification.foreign = foreign
        specification.expectsSnapshot = false
    }

    private static let places = ["{order}", "{timestamp}", "{sequence}"]

    /// Refuses unknown placeholders: in a URL any word in braces, in a body only one that resembles a placeholder,
    /// because bodies may contain braces of their own.
    private static func check(_ option: String, _ template: String, has places: [String], isURL: Bool = true) throws {
        for match in template.matches(of: /\{[A-Za-z]+\}?/) where !places.contains(String(match.0)) {
            let nearest = NearestName.of(String(match.0), among: places)
            guard isURL || nearest != nil else { continue }
            throw ValidationError(
                "\(option) has '\(match.0)', which stands for nothing\(nearest.map { "; did you mean \($0)?" } ?? "") "
                    + "(valid here: \(places.joined(separator: ", ")))")
        }
    }

    private static func field(_ text: String) throws -> ForeignServer.Header {
        let parts = text.split(separator: ":", maxSplits: 1)
        guard parts.count == 2, let name = parts.first, !name.isEmpty, !text.contains(where: \.isNewline) else {
            throw ValidationError("'\(text)' is no header field: write 'Name: value'")
        }
        return ForeignServer.Header(name: String(name), value: String(parts[1].drop { $0 == " " }))
    }
}

extension ForeignServer.TimestampFormat: ExpressibleByArgument {}
