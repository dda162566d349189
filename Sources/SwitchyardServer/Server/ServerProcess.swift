#if Server
    internal import AWSWire
    internal import EventBridgeService
    internal import EventPipeline
    internal import FoundationEssentials
    internal import Hummingbird
    internal import HummingbirdCore
    internal import InternalSystem
    internal import Logging
    internal import NIOCore
    internal import ServiceLifecycle
    internal import UnixSignals
    internal import StateStore
    internal import Switchyard

    internal import Glibc

    /// The server as a whole: opened on a data directory, run until it is told to stop, closed.
    enum ServerProcess {
        /// Runs until SIGTERM or Ctrl-C.
        ///
        /// - Throws: the directory can't be used, or the address is taken.
        static func run(_ settings: ServerSettings) async throws {
            ServerLog.start(settings)
            let logger = Logger(label: "switchyard")
            var settings = settings
            if settings.isEphemeral, settings.directory.isEmpty {
                settings.directory = try temporaryDirectory()
            }
            defer {
                if settings.isEphemeral {
                    try? FileManager.default.removeItem(atPath: settings.directory)
                }
            }
            let store = try openStore(settings)
            let gate = BusGate()
            let clock = MovableClock()
            let targets = try ServerTargets(settings, clock: clock, logger: logger)
            let router = try Switchyard.Router(
                configuration(
                    settings, store, gate, clock, targets,
                    deadLetters: DeadLetterLog(targets.deadLetters, logger)))
            let bridge = try EventBridge(
                router, store: store, secrets: try SecretBox(settings.directory), gate: gate)
            targets.begin(bridge)
            for problem in router.configurationProblems { logger.warning("\(problem)") }
            let routing = WireRouting([bridge.service, CallerIdentity.service])
            let shown = settings
            let log = RequestLog(logger)
            let doorkeeper = Doorkeeper(settings)
            let wire = WireFront(
                routing: routing, doorkeeper: doorkeeper, bodyBytesMax: settings.bodyBytesMax,
                log: log)
            let front = HTTPFront(
                wire: wire,
                admin: AdminAPI(
                    bridge: bridge, routing: routing, clock: clock,
                    doorkeeper: settings.isLoopback ? nil : doorkeeper, logger: logger))
            let loops = QuickLoops(bridge, quickTargets: routing.quickTargets)
            let connections = HTTPServerBuilder { responder in
                WireChannel(
                    responder: responder, front: wire, loops: loops,
                    headerBytesMax: shown.headerBytesMax,
                    idleTimeout: .seconds(shown.idleSeconds))
            }
            // One line for what the framework says, and not one for each of its steps.
            var quiet = logger
            quiet.logLevel = .warning
            let application = Application(
                responder: front, server: connections,
                configuration: ApplicationConfiguration(
                    address: .hostname(settings.host, port: settings.port), backlog: 1_024,
                    availableConnectionsDelegate: MaximumAvailableConnections(
                        settings.connectionsMax)),
                onServerRunning: { channel in
                    Banner.show(shown, port: channel.localAddress?.port ?? shown.port)
                }, logger: quiet)
            var failure: (any Error)?
            do {
                try await application.runService(gracefulShutdownSignals: [.sigterm, .sigint])
            } catch { failure = error }
            log.finish()
            // Who asks a second time does not want to wait for targets: nothing is lost by that.
            for number in [SIGINT, SIGTERM] { signal(number, SIG_DFL) }
            if failure == nil {
                logger.info("stopping, once deliveries under way have ended (again: at once)")
            }
            let left = try await close(router)
            let unsent = await targets.close()
            try store.close()
            if left > 0 { logger.notice("\(left) deliveries go on after the next start") }
            if unsent > 0 { logger.warning("\(unsent) dead letters were not sent to their queues") }
            if let failure { throw Self.explained(failure, settings) }
        }

        /// Why the server can't listen, in words that say what to do.
        private static func explained(
            _ error: any Error, _ settings: ServerSettings
        ) -> any Error {
            guard let error = error as? IOError else { return error }
            let place = "\(settings.host):\(settings.port)"
            switch error.errnoCode {
            case EADDRINUSE:
                return SettingsError(
                    "port", place,
                    "something listens there already; choose another, or 0 for any that is free")
            case EADDRNOTAVAIL:
                return SettingsError("host", place, "it is no address of this machine")
            case EACCES:
                return SettingsError("port", place, "ports below 1024 are for the system's own")
            default: return error
            }
        }

        /// Closes a router where waiting holds up nobody.
        private static func close(
            _ router: Switchyard.Router
        ) async throws(RouterError) -> Int {
            try await BlockingWork.run { () throws(RouterError) in try router.close().kept }
        }

        private static func temporaryDirectory() throws -> String {
            let path =
                FileManager.default.temporaryDirectory.path
                + "/switchyard-\(UUID().uuidString.lowercased())"
            try Folder.make(path)
            return path
        }

        private static func openStore(
            _ settings: ServerSettings
        ) throws -> any ConfigurationStore {
            do throws(FileError) { try Folder.make(settings.directory) } catch {
                throw SettingsError("data", settings.directory, "\(error.path): \(error.reason)")
            }
            return try SQLiteConfigurationStore(directory: settings.directory)
        }

        private static func configuration(
            _ settings: ServerSettings, _ store: any ConfigurationStore, _ gate: BusGate,
            _ clock: MovableClock, _ targets: ServerTargets, deadLetters: DeadLetterLog
        ) -> RouterConfiguration {
            var archive = ArchiveConfiguration(
                segmentBytes: 64 << 20, eventBytesMax: 2 << 20,
                durability: settings.isDurable ? .batch : .none, prefaultBytes: 4 << 20,
                preparedSegmentsMax: 1)
            archive.retention.bytes = 4 << 30
            var configuration = RouterConfiguration(
                directory: settings.directory, archive: archive)
            // Each event loop has a publisher, which holds one.
            configuration.slabCount += System.coreCount
            configuration.clock = clock
            configuration.account = settings.account
            configuration.region = settings.region
            configuration.store = store
            configuration.otherKeys = EventBridge.storedKinds
            configuration.backPressure = .fail
            configuration.busAccess = gate
            configuration.namedArchives.durability = settings.isDurable ? .batch : .none
            configuration.adapters = targets.adapters
            configuration.deadLetterObserver = deadLetters
            return configuration
        }
    }
#endif
