internal import ExperimentModel

extension Experiment.Study {
    /// Completes the phrase "a study of".
    var title: String {
        switch self {
        case .delivery: "delivery"
        case .auth: "auth schemes"
        case .reconnection: "reconnection"
        case .storm: "storms"
        case .drain: "drains"
        case .proxies: "proxies"
        case .capacity: "capacity"
        }
    }

    /// What a comparison of transports leaves open and this study measures; nil for deliveries themselves, and for
    /// capacity, which `Method` mentions beside the floor.
    var questions: String? {
        switch self {
        case .delivery, .capacity: nil
        case .auth: "Authentication as an axis: exposure of credentials, expiry in mid-stream, attacks."
        case .reconnection: "Reconnection: detection, waiting, replay."
        case .storm: "Storms: clients that come back together."
        case .drain: "Drains: a server that ends with streams open."
        case .proxies: "Proxies and balancers: buffering, idle cuts, sticky sessions, a stripped Upgrade."
        }
    }
}
