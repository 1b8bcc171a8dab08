public import OrderUpdates

/// What the owner of a session must do.
public enum SessionAction: Hashable, Sendable {
    /// Open a connection, resuming after this position; nil begins afresh.
    case connect(after: StreamPosition?)
    /// Close the connection; nothing of it is put in any more.
    case disconnect
    /// GET the order, and put in `.refetched`. Never two at a time.
    case refetch
    /// Show the application what was put in: an update or a state that it does not have yet.
    case deliver
    /// Tell the application that updates are missing; the state that follows holds what they led to.
    case declareLoss
    /// Last. The session does not come back.
    case stopped(StopCause)
}

/// Up to three actions, to be carried out in order. They need no memory of their own.
public struct SessionActions: Sendable, Sequence {
    private var first: SessionAction?
    private var second: SessionAction?
    private var third: SessionAction?

    init() {}

    init(_ action: SessionAction) { first = action }

    /// At most three. For sessions that are broken on purpose, by which simulations are tested.
    package init(_ actions: [SessionAction]) {
        for action in actions { append(action) }
    }

    public var isEmpty: Bool { first == nil }

    mutating func append(_ action: SessionAction) {
        if first == nil {
            first = action
        } else if second == nil {
            second = action
        } else {
            precondition(third == nil, "no input asks for four actions")
            third = action
        }
    }

    public struct Iterator: IteratorProtocol {
        fileprivate var rest: SessionActions

        public mutating func next() -> SessionAction? {
            defer {
                rest.first = rest.second
                rest.second = rest.third
                rest.third = nil
            }
            return rest.first
        }
    }

    public func makeIterator() -> Iterator { Iterator(rest: self) }
}
