import Clocks

/// The payload that every transport carries: one change of one order.
public struct OrderUpdate: Hashable, Sendable {
    public var orderID: OrderID
    public var status: OrderStatus
    /// What the provisioning system says of the activation: `Pending`, `Activating`, `Activated`, `Failed`.
    public var activationStatus: ActivationStatus
    /// The step of fulfilment, free text for people: `submitted`, `provisioning`, `done`.
    public var stage: String
    public var message: String
    /// Why the order failed; nil otherwise.
    public var reason: String?
    /// The system that reported the change.
    public var source: String
    /// Nanoseconds since 1970: when the change was *intended* to be published.
    public var timestamp: Int64

    public init(
        orderID: OrderID, status: OrderStatus, activationStatus: ActivationStatus? = nil, stage: String = "",
        message: String = "", reason: String? = nil, source: String = "tandem", timestamp: Int64
    ) {
        self.orderID = orderID
        self.status = status
        self.activationStatus = activationStatus ?? ActivationStatus(of: status)
        self.stage = stage
        self.message = message
        self.reason = reason
        self.source = source
        self.timestamp = timestamp
    }
}

/// The life cycle of an order, as the original system defines it.
public enum OrderStatus: String, Hashable, Sendable, CaseIterable {
    case created = "Created"
    case approved = "Approved"
    case activating = "Activating"
    case activated = "Activated"
    case failed = "Failed"

    /// Whether no more updates are expected. A failed order can still be retried.
    public var isTerminal: Bool { self == .activated || self == .failed }

    /// Whether an order may go from this status to `next`. A step to the same status reports progress (another stage
    /// or message); an order that is `Activated` takes no more steps.
    public func allows(_ next: OrderStatus) -> Bool {
        switch (self, next) {
        case (.created, .created), (.created, .approved), (.created, .failed),
            (.approved, .approved), (.approved, .activating), (.approved, .failed),
            (.activating, .activating), (.activating, .activated), (.activating, .failed),
            (.failed, .activating):
            true
        default: false
        }
    }
}

/// What the provisioning system says of an order's activation.
public enum ActivationStatus: String, Hashable, Sendable, CaseIterable {
    case pending = "Pending"
    case activating = "Activating"
    case activated = "Activated"
    case failed = "Failed"

    public init(of status: OrderStatus) {
        self =
            switch status {
            case .created, .approved: .pending
            case .activating: .activating
            case .activated: .activated
            case .failed: .failed
            }
    }
}
