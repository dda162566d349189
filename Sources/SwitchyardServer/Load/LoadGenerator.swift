#if Server
    internal import EventPipeline
    internal import Foundation
    internal import InternalSystem
    internal import LoadReporting
    internal import NIOCore
    internal import NIOPosix
    internal import NIOSSL

    /// Sends the requests when they are due, over those connections that are idle, and counts the answers.
    ///
    /// It shares the machine with what it measures, so it goes to SwiftNIO directly: 9 µs of a processor for a
    /// signed request of 1 KB in a closed loop of 16 connections, to an nginx on the same two processors.
    /// AsyncHTTPClient took 67 µs.
    ///
    /// `@unchecked Sendable`: everything that changes belongs to the one event loop, which is the one
    /// thread that the load costs. Others ask by ``onLoop(_:)``.
    final class LoadGenerator: @unchecked Sendable {
        private let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        private let loop: any EventLoop
        private let endpoint: LoadEndpoint
        private let encryption: NIOSSLContext?
        private let entries: Int
        private let connectionCount: Int
        private let timeoutNanoseconds: UInt64

        private var requests: LoadRequests
        private var idle = CircularBuffer<LoadConnection>()
        private var connections: [ObjectIdentifier: LoadConnection] = [:]
        /// Nil in a closed loop.
        private var schedule: LoadSchedule?
        /// What is sent before is not measured.
        private var begin: UInt64 = 0
        /// How many requests of the schedule were sent.
        private var position: UInt64 = 0
        private var timer: Scheduled<Void>?
        private var isRunning = false
        /// Belongs to the thread that made the generator.
        private var isShutDown = false
        private var hasAnswered = false
        private var late = LatencyHistogram()
        private(set) var tally = LoadTally()
        /// Why the load can't be: nobody there speaks HTTP.
        private(set) var failure: String?
        /// Why a connection that was lost could not be opened again, the last time that was tried.
        private(set) var absence: (any Error)?
        /// When the last answer came.
        private(set) var lastTime: UInt64 = 0

        /// How long the loop sleeps at least: what is due meanwhile is sent together, and late. To sleep costs
        /// a processor some 20 µs on a virtual machine, so that 10,000 requests a second, each after a sleep of
        /// its own, took half of one.
        private static let shortestSleep: UInt64 = 200_000
        /// How long a connection that was lost is left alone.
        private static let pause = TimeAmount.milliseconds(100)

        /// Makes a generator that sends nothing yet.
        ///
        /// - Throws: that there is no encryption, since the certificates can't be read.
        init(_ command: LoadCommand, _ endpoint: LoadEndpoint, _ signing: LoadSigning) throws {
            loop = group.next()
            self.endpoint = endpoint
            encryption = try endpoint.isEncrypted ? Self.encryption() : nil
            entries = command.entries
            connectionCount = command.connections
            timeoutNanoseconds = UInt64(command.timeout * 1e9)
            requests = LoadRequests(command, endpoint, signing)
        }

        /// Encryption as AWS's SDKs have it: certificates are checked, by the system's authorities, or by
        /// those in the file that `AWS_CA_BUNDLE` names.
        private static func encryption() throws -> NIOSSLContext {
            var configuration = TLSConfiguration.makeClientConfiguration()
            configuration.applicationProtocols = ["http/1.1"]
            if let bundle = ProcessInfo.processInfo.environment["AWS_CA_BUNDLE"], !bundle.isEmpty {
                configuration.trustRoots = .file(bundle)
            }
            return try NIOSSLContext(configuration: configuration)
        }

        /// Has the event loop do something, and waits for it. From any other thread.
        func onLoop<Value: Sendable>(_ work: @escaping @Sendable () throws -> Value) throws -> Value
        {
            try loop.submit(work).wait()
        }

        /// Opens all connections.
        ///
        /// - Throws: that one can't be.
        func connect() throws {
            let all = (0..<connectionCount).map { _ in connectOne() }
            try EventLoopFuture.andAllSucceed(all, on: loop).wait()
        }

        private func connectOne() -> EventLoopFuture<Void> {
            ClientBootstrap(group: group)
                .connectTimeout(.seconds(10))
                .channelOption(.tcpOption(.tcp_nodelay), value: 1)
                .channelInitializer { [self] channel in
                    channel.eventLoop.makeCompletedFuture {
                        let handlers = channel.pipeline.syncOperations
                        if let encryption {
                            // The name of a host, which addresses are not, is sent and checked.
                            let isAddress =
                                (try? SocketAddress(ipAddress: endpoint.host, port: 0)) != nil
                            try handlers.addHandler(
                                NIOSSLClientHandler(
                                    context: encryption,
                                    serverHostname: isAddress ? nil : endpoint.host))
                        }
                        let connection = LoadConnection(self)
                        try handlers.addHandler(connection)
                        connections[ObjectIdentifier(connection)] = connection
                    }
                }
                .connect(host: endpoint.host, port: endpoint.port)
                .map { [self] channel in
                    guard
                        let connection = try? channel.pipeline.syncOperations.handler(
                            type: LoadConnection.self), channel.isActive
                    else { return }
                    absence = nil
                    becomeIdle(connection)
                }
        }

        /// Begins to send. On the loop.
        func start(_ schedule: LoadSchedule?) {
            self.schedule = schedule
            if let schedule { begin = schedule.begin }
            isRunning = true
            pump()
        }

        /// What was sent before now is not measured. On the loop.
        func beginMeasuring() {
            begin = monotonicNanoseconds()
            _ = tally.takeLatencies()
        }

        /// Sends nothing any more. On the loop.
        func stop() {
            isRunning = false
            timer?.cancel()
        }

        /// Whether everything that was due was sent, and was answered. On the loop.
        var isDone: Bool {
            !connections.values.contains { $0.request != nil }
                && (!isRunning || schedule?.time(of: position, publisher: 0) == nil)
        }

        /// Ends requests whose answers do not come. On the loop.
        func giveUpOverdue() {
            let now = monotonicNanoseconds()
            for connection in connections.values {
                if let request = connection.request, now &- request.sent > timeoutNanoseconds {
                    connection.close(because: "there was no answer in time (--timeout)")
                }
            }
        }

        /// How long requests took since the last look. On the loop.
        func takeLatencies() -> LatencyHistogram { tally.takeLatencies() }

        /// How late requests were sent. On the loop.
        var lateness: LatencyHistogram { late }

        /// Ends all connections and the thread, if that was not done yet. What is on its way counts as not
        /// answered. From the thread that made the generator.
        func shutdown() {
            guard !isShutDown else { return }
            isShutDown = true
            try? onLoop { [self] in
                stop()
                for connection in connections.values {
                    connection.close(because: "there was no answer before the end")
                }
            }
            try? group.syncShutdownGracefully()
        }

        /// Takes an answer; the connection is idle again, unless it ends.
        func take(_ answer: LoadAnswer, from connection: LoadConnection, due: UInt64) {
            hasAnswered = true
            let now = monotonicNanoseconds()
            lastTime = now
            tally.take(answer, entries: entries, latency: due >= begin ? now &- due : nil)
            if !answer.isLast { becomeIdle(connection) }
        }

        /// Takes note that a connection has ended, and opens another.
        func lose(_ connection: LoadConnection, wasUnderWay: Bool, reason: String) {
            connections[ObjectIdentifier(connection)] = nil
            idle.removeAll { $0 === connection }
            if wasUnderWay {
                tally.refuse(entries, "NoAnswer", reason)
                if !hasAnswered { failure = failure ?? reason }
            }
            if isRunning { connectAgain(in: wasUnderWay ? Self.pause : .zero) }
        }

        private func connectAgain(in pause: TimeAmount) {
            loop.scheduleTask(in: pause) { [self] in
                guard isRunning else { return }
                connectOne().whenFailure { [self] error in
                    guard isRunning else { return }
                    absence = error
                    connectAgain(in: Self.pause)
                }
            }
        }

        private func becomeIdle(_ connection: LoadConnection) {
            idle.append(connection)
            pump()
        }

        /// Sends what is due, as long as there are connections for it.
        private func pump() {
            guard isRunning else { return }
            while !idle.isEmpty {
                let now = monotonicNanoseconds()
                var due = now
                if let schedule {
                    guard let time = schedule.time(of: position, publisher: 0) else { return }
                    guard time <= now else {
                        return wake(at: max(time, now &+ Self.shortestSleep))
                    }
                    due = time
                    if due >= begin { late.record(now &- due) }
                }
                position += 1
                send(over: idle.removeFirst(), due: due, at: now)
            }
        }

        private func send(over connection: LoadConnection, due: UInt64, at now: UInt64) {
            do {
                let bytes = try requests.next()
                tally.send(entries: entries)
                connection.send(bytes, due: due, at: now)
            } catch {
                failure = failure ?? "the requests can't be signed: \(error)"
                stop()
            }
        }

        private func wake(at time: UInt64) {
            guard timer == nil else { return }
            timer = loop.scheduleTask(deadline: .uptimeNanoseconds(time)) { [self] in
                timer = nil
                pump()
            }
        }
    }
#endif
