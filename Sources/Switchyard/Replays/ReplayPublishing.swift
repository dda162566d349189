internal import EventArchive
internal import EventPipeline
internal import EventReplay
internal import EventRouting
internal import JSONScan

/// Publishes replayed events anew, as if they came in now, so that they are archived again.
final class ReplayPublishing: ReplayOutput {
    var counts = ReplayProgress()
    private let envelope: ReplayEnvelope
    private let publisher: EventPublisher
    private var scanner = StructuralScanner()
    private var event: [UInt8] = []

    init(_ name: String, to port: PublishPort) throws(PublishError) {
        envelope = ReplayEnvelope(name: name)
        publisher = try EventPublisher(to: port, backPressure: .fail)
    }

    func take(_ archived: UnsafeRawBufferPointer, _ sequence: UInt64) -> Bool {
        do throws(JSONError) {
            envelope.write(try scanner.scan(archived), to: &event)
        } catch {
            counts.invalid += 1
            return true
        }
        let result = event.withUnsafeBytes { bytes in
            Result { () throws(PublishError) in try publisher.publish(bytes) }
        }
        switch result {
        case .success:
            counts.deliveries += 1
            return true
        case .failure(.full), .failure(.dropped), .failure(.archive): return false
        case .failure:
            counts.refused += 1
            return true
        }
    }

    func flush() -> Bool { publisher.flush() == 0 }

    func close() { counts.deliveries -= UInt64(publisher.close()) }
}
