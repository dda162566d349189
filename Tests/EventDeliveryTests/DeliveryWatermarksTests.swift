import Dispatch
import Foundation
import TestSupport
import Testing

@testable import EventDelivery

@Suite struct DeliveryWatermarksTests {
    private func key(_ target: String) -> DeliveryWatermarks.Key {
        DeliveryWatermarks.Key(bus: "default", rule: "all", target: target)
    }

    @Test("who raises a watermark does not wait for the disk, and the next save has it")
    func advancesWhileSaving() throws {
        let folder = try TemporaryFolder()
        let (begun, goOn) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
        let watermarks = try DeliveryWatermarks(directory: folder.path) { _ in
            begun.signal()
            goOn.wait()
        }
        try watermarks.begin(key("a"), at: 1)
        watermarks.advance(key("a"), to: 2)
        watermarks.saveSoon()
        begun.wait()
        // The disk is at it: were this to wait for it, it would wait for ever.
        watermarks.advance(key("a"), to: 3)
        #expect(watermarks[key("a")] == 3)
        goOn.signal()
        goOn.signal()
        try watermarks.save()
        #expect(try DeliveryWatermarks(directory: folder.path)[key("a")] == 3)
    }

    @Test("what could not be saved is saved with the next change, but for what was removed")
    func savesLater() throws {
        let folder = try TemporaryFolder()
        let fails = Switch(true)
        let watermarks = try DeliveryWatermarks(directory: folder.path) { _ in
            if fails.isOn { throw Refusal() }
        }
        for target in ["a", "b"] {
            try watermarks.begin(key(target), at: 1)
            watermarks.advance(key(target), to: 2)
        }
        #expect(throws: Refusal.self) { try watermarks.save() }
        try watermarks.remove(key("b"))
        fails.isOn = false
        let path = folder.path + "/delivery.watermarks"
        let before = readFile(path)?.count ?? 0
        try watermarks.save()
        #expect(readFile(path)?.count ?? 0 > before)
        let again = try DeliveryWatermarks(directory: folder.path)
        #expect(again[key("a")] == 2 && again[key("b")] == nil)
    }
}
