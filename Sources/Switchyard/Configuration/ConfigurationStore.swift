internal import Foundation

/// What a router is to remember of its buses, rules, targets and archives: keys and values with
/// versions.
///
/// This is the place to begin reading `Configuration`. The way of a change:
///
/// 1. whoever changes something makes a ``ConfigurationBatch``: values put and removed, each if its
///    key still has the version that it had when one looked (*compare and set*), all of them or none;
/// 2. the store makes the batch durable, and only then shows it and says that it is done;
/// 3. whoever watches (``watch(_:_:)``) is told what the keys are now.
///
/// What the keys and values are is said by ``RouterKey`` and ``StoredValue``, and ``RouterState``
/// reads them all. A store knows nothing of that, so that there can be several: a file in the
/// router's directory (``FileConfigurationStore``), memory (``MemoryConfigurationStore``), a
/// database.
///
/// All functions can be called from any thread.
public protocol ConfigurationStore: AnyObject, Sendable {
    /// How many batches there have been: each has a revision one above the one before. 0 at first.
    var revision: UInt64 { get }

    /// The value of a key now; nil if it has none. O(1) for the stores of this module.
    ///
    /// - Throws: ``ConfigurationStoreError``: the store is closed, or can't be read.
    func entry(_ key: ConfigurationKey) throws(ConfigurationStoreError) -> ConfigurationEntry?

    /// The values of all keys that are a path or below it, sorted by key; nil for all that there are.
    ///
    /// All of them are of one moment: of no batch is there only a part. O(keys found) for the stores of
    /// this module, and O(all keys) for the first time after keys were added or removed.
    ///
    /// - Throws: ``ConfigurationStoreError``: the store is closed, or can't be read.
    func entries(
        _ prefix: ConfigurationKey?
    ) throws(ConfigurationStoreError) -> [ConfigurationEntry]

    /// Makes all changes of a batch, or none of them. They are durable when it returns.
    ///
    /// - Returns: the batch's revision: the version of every value that it put. That of the store as
    ///   it is if the batch is empty.
    /// - Throws: ``ConfigurationStoreError``: a key has another version than it should, the batch is
    ///   too large, or the changes can't be made durable. Nothing has changed then, except after
    ///   ``ConfigurationStoreError/syncFailed(path:errno:)``.
    @discardableResult
    func apply(_ batch: ConfigurationBatch) throws(ConfigurationStoreError) -> UInt64

    /// Calls `body` with what the keys that are a path or below it are: first with all that there are
    /// now, then each time after some have changed.
    ///
    /// The calls come one after the other, in order, on a queue of the watch, and hold up nobody.
    /// Whoever takes longer than the next change does not get every version, but for each key the last
    /// one: what waits is never more than there are keys. A batch is never divided.
    ///
    /// - Parameter prefix: the path; nil for all keys.
    /// - Returns: what ends the calls when it is cancelled, or released.
    /// - Throws: ``ConfigurationStoreError/closed``
    func watch(
        _ prefix: ConfigurationKey?,
        _ body: @escaping @Sendable (ConfigurationUpdate) -> Void
    ) throws(ConfigurationStoreError) -> ConfigurationWatch

    /// Ends the store: nothing can be read or changed any more, watches end, and what the store holds
    /// of the machine is free for others. A second call does nothing.
    ///
    /// - Throws: ``ConfigurationStoreError``: what was durable stays so.
    func close() throws(ConfigurationStoreError)
}

/// The value of a key.
public struct ConfigurationEntry: Sendable, Hashable {
    /// The key.
    public let key: ConfigurationKey
    /// The value: any bytes.
    public let value: [UInt8]
    /// The revision of the batch that put it.
    public let version: UInt64

    /// Creates an entry.
    public init(key: ConfigurationKey, value: [UInt8], version: UInt64) {
        self.key = key
        self.value = value
        self.version = version
    }
}

/// Changes that are made together or not at all.
public struct ConfigurationBatch: Sendable, Hashable {
    /// What a key has to be for the batch to be made.
    public enum Condition: Sendable, Hashable {
        /// Anything.
        case any
        /// Without a value.
        case absent
        /// With a value of this version.
        case version(UInt64)
    }

    /// One change.
    package struct Change: Sendable, Hashable {
        package let key: ConfigurationKey
        /// Nil to remove it.
        package let value: [UInt8]?
        let condition: Condition
    }

    package private(set) var changes: [Change] = []

    /// The most bytes of the keys and values of a batch together: 100,000 rules put at once have
    /// fewer, and it can be copied while it is written.
    public static let bytesMax = 64 << 20

    /// A batch without changes.
    public init() {}

    /// Whether it changes nothing.
    public var isEmpty: Bool { changes.isEmpty }
    /// How many keys it puts or removes.
    public var count: Int { changes.count }

    /// Gives a key a value, whether it has one or not.
    public mutating func put(
        _ key: ConfigurationKey, _ value: [UInt8], if condition: Condition = .any
    ) {
        changes.append(Change(key: key, value: value, condition: condition))
    }

    /// Takes a key's value away. That it has none is no error.
    public mutating func remove(_ key: ConfigurationKey, if condition: Condition = .any) {
        changes.append(Change(key: key, value: nil, condition: condition))
    }
}

/// What some keys are by now.
public struct ConfigurationUpdate: Sendable, Hashable {
    /// The store's revision that this is of.
    public let revision: UInt64
    /// Whether these are all keys that there are, for the first call: else those that changed.
    public let isFirst: Bool
    /// The keys with a value, sorted.
    public let entries: [ConfigurationEntry]
    /// The keys without a value any more, sorted.
    public let removed: [ConfigurationKey]
}

/// Why a store could not do what it was asked to.
public enum ConfigurationStoreError: Error, Hashable, Sendable, CustomStringConvertible {
    /// This can't be a key.
    case invalidKey(String, reason: String)
    /// A key of a batch has another version than the batch wants; nil for no value.
    case conflict(ConfigurationKey, wanted: ConfigurationBatch.Condition, found: UInt64?)
    /// A batch names a key twice.
    case repeatedKey(ConfigurationKey)
    /// More bytes than a batch can have.
    case batchTooLarge(bytes: Int, limit: Int)
    /// Another process, or another store of this one, has it open.
    case locked(path: String)
    /// A file that is something else.
    case foreignFile(path: String, reason: String)
    /// A file of a format that this program does not know.
    case newerFormat(path: String, version: Int, supported: Int)
    /// Bytes of the file are not what was written there.
    case damaged(path: String, offset: Int, reason: String)
    /// There is no room on the disk.
    case diskFull(path: String, errno: Int32)
    /// What was written could not be made durable. The batch may be there when the store is opened
    /// again, or not; until then the store changes nothing.
    case syncFailed(path: String, errno: Int32)
    /// An earlier error left the store as it can't be used any more; what it holds can be read.
    case unusable(path: String, reason: String)
    /// A call of the system failed.
    case system(call: String, path: String, errno: Int32)
    /// The store was closed.
    case closed

    /// What is wrong, where, and what can be done.
    public var description: String {
        switch self {
        case .invalidKey(let key, let reason): "\"\(key)\" can't be a key: \(reason)"
        case .conflict(let key, let wanted, let found):
            "\(key) was changed by somebody else: wanted \(wanted), found "
                + (found.map { "version \($0)" } ?? "no value") + "; read it again"
        case .repeatedKey(let key): "a batch changes \(key) twice; each key can be in it once"
        case .batchTooLarge(let bytes, let limit):
            "a batch has \(bytes) bytes, at most \(limit) are possible; make several"
        case .locked(let path): "\(path) is open elsewhere; only one store can have it open"
        case .foreignFile(let path, let reason): "\(path) is no configuration: \(reason)"
        case .newerFormat(let path, let version, let supported):
            "\(path) has version \(version) of the format, this program reads versions up to "
                + "\(supported); use the program that wrote it, or a newer one"
        case .damaged(let path, let offset, let reason):
            "\(path) is damaged at byte \(offset): \(reason); nothing was changed: put a copy of the "
                + "file in its place"
        case .diskFull(let path, let errno): "\(path): no room: \(Self.text(of: errno))"
        case .syncFailed(let path, let errno):
            "\(path) could not be made durable (\(Self.text(of: errno))); open it again to see whether "
                + "the last change is there"
        case .unusable(let path, let reason):
            "\(path) can't be changed any more: \(reason); open it again"
        case .system(let call, let path, let errno):
            "\(path): \(call) failed: \(Self.text(of: errno))"
        case .closed: "the configuration was closed"
        }
    }
}

extension ConfigurationBatch.Condition: CustomStringConvertible {
    /// `no value`, `version 7`
    public var description: String {
        switch self {
        case .any: "anything"
        case .absent: "no value"
        case .version(let version): "version \(version)"
        }
    }
}

extension ConfigurationStoreError {
    /// The text of an error number.
    static func text(of errno: Int32) -> String { String(cString: strerror(errno)) }
}
