// EventPipeline carries events from the threads that publish them to the workers that handle them,
// without a lock, an allocation or a system call per event. It knows nothing of what events mean.
//
//   Publisher          copies an event's bytes once, into its current slab of a SlabPool, and
//     │                buffers an EventDescriptor that says where they are
//     ▼ a batch
//   SPSCRing/MPSCRing  bounded; full means back-pressure: wait, fail or drop, as the publisher chose
//     │
//     ▼ runs of descriptors, in place
//   Stage              a ring, and a worker on a serial Dispatch queue that drains it, a budget a
//     │                turn; it is woken only when it is parked
//     ▼
//   the handler        reads the bytes where they are, then gives the batch back to the SlabPool
//
// Read `EventDescriptor`, then `SPSCRing`, `Stage` and `Publisher`. What is unsafe is in `RingMemory`
// (who may touch which word of a ring), `SlabPool` (who may touch which byte) and `PaddedAtomics`.
//
// Costs, on two Zen 5 cores, per event: a ring alone 2 to 7 ns in batches of 64; all of the above,
// one KiB copied included, 18 ns; waking a parked worker 25 to 50 µs, once for as long as it finds
// work.

/// What bounds the pipeline. All are checked where they are passed in.
package enum PipelineLimit {
    /// The most slots of a ring: 32 bytes each, 512 MiB in all. More would only hide a consumer that
    /// does not keep up.
    package static let ringCapacityMax = 1 << 24

    /// The smallest and the largest slab, and so the largest event.
    package static let slabBytes = (1 << 12)...(1 << 28)

    /// For how long a worker or a publisher that finds nothing to do gives the processor away and looks
    /// again before it sleeps, if that is likely to help (`Duty`): less than a wake-up costs. Measured
    /// with four publishers and a worker on two cores, in batches of 64: without, 42 M events/s and a
    /// wake-up for every 220 events; with 3 to 40 µs, 500 M and at most three wake-ups in all.
    package static let lingerNanoseconds: UInt64 = 10_000

    /// The most slabs of a pool.
    package static let slabCountMax = 1 << 16

    // For those who take such numbers from a configuration: the nearest that can be.

    package static func ringCapacity(_ wanted: Int) -> Int { min(max(1, wanted), ringCapacityMax) }

    package static func slabBytes(_ wanted: Int) -> Int {
        min(max(slabBytes.lowerBound, wanted), slabBytes.upperBound)
    }

    package static func slabCount(_ wanted: Int) -> Int { min(max(2, wanted), slabCountMax) }
}
