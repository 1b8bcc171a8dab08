import ArgumentParser
import AuthStudy
import Authentication
import Browsers
import ExperimentModel
import ExperimentRunner
import FaultInjection
import LWS
import LoadGeneration
import Persistence
import Reporting
import TransportCore

extension ExitStatus {
    /// What an error of the modules below means to the caller of the command. It is the same in every subcommand,
    /// with and without `--json`.
    init(_ error: any Error) {
        self =
            switch error {
            case is CancellationError: .interrupted
            case let error as LoadError:
                switch error.code {
                case .unsupported: .usage
                case .interrupted: .interrupted
                case .cannotConnect, .cannotPublish, .notDelivered: .unsound
                }
            case let error as TransportError:
                switch error.code {
                case .unsupported, .invalidConfiguration: .usage
                case .addressInUse, .unavailable: .environment
                }
            case is CredentialError, is ValidationError: .usage
            case let error as ResultError: error.code == .unwritable ? .environment : .usage
            case let error as ReportError:
                switch error.code {
                case .missingFile, .unreadable, .noObservations: .usage
                case .notWritten, .brokenTemplate: .environment
                }
            case is ExperimentFileError: .usage
            case let error as FaultError: error.code == .invalid || error.code == .unknown ? .usage : .environment
            case let error as StoreError: error.code == .noFolder ? .usage : .environment
            case is TrialError: .environment
            case let error as BrowserError: error.code == .notStarted ? .environment : .unsound
            case is StudyError: .unsound
            case let error as LWSError: Self.functionsOfFiles.contains(error.function) ? .usage : .environment
            default: .unsound
            }
    }

    /// The calls that fail because of a file's contents: the authorities that a client trusts.
    private static let functionsOfFiles: Set = ["access", "lws_create_vhost", "SSL_CTX_load_verify_locations"]

    /// Whether the error's description is meant for people: what happened, and what to do about it.
    static func explains(_ error: any Error) -> Bool {
        switch error {
        case is LoadError, is TransportError, is CredentialError, is ResultError, is ReportError,
            is ExperimentFileError, is FaultError, is TrialError, is LWSError, is StoreError, is StudyError,
            is BrowserError, is CodeCountError:
            true
        default: false
        }
    }
}
