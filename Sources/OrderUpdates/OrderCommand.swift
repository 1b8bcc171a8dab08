/// A step that a person or the orchestrator asks an order to take.
public enum OrderCommand: String, Hashable, Sendable, CaseIterable {
    case approve, activate, complete, fail, retry

    /// The status that the order gets.
    public var target: OrderStatus {
        switch self {
        case .approve: .approved
        case .activate, .retry: .activating
        case .complete: .activated
        case .fail: .failed
        }
    }

    /// Whether the command applies to an order in this status.
    ///
    /// This is narrower than `OrderStatus.allows`: a command asks for a step, never for progress within the same
    /// status, and a failed order can be retried but not activated.
    public func applies(to status: OrderStatus) -> Bool {
        switch self {
        case .retry: status == .failed
        case .activate: status == .approved
        case .approve, .complete, .fail: status != target && status.allows(target)
        }
    }

    /// The update that reports the step.
    func update(of id: OrderID, reason: String?, timestamp: Int64) -> OrderUpdate {
        let (stage, message) =
            switch self {
            case .approve: ("approved", "The order is approved")
            case .activate: ("provisioning", "The activation has started")
            case .complete: ("done", "The activation is complete")
            case .fail: ("failed", "The order has failed")
            case .retry: ("provisioning", "The activation has started again")
            }
        return OrderUpdate(
            orderID: id, status: target, stage: stage, message: message, reason: reason, timestamp: timestamp)
    }
}
