internal import ExperimentModel

extension Experiment.Study {
    /// In a sentence: a study of …
    var title: String {
        switch self {
        case .delivery: "delivery"
        case .auth: "auth schemes"
        case .reconnection: "reconnection"
        case .storm: "storms"
        case .drain: "drains"
        case .proxies: "proxies"
        }
    }
}
