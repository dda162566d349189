#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// jemalloc's own statistics, where it is linked in.
///
/// This is the place to begin reading `MemoryMeasures`. jemalloc is found by name at run time, so
/// that programs build and run without it and then have no figures. What is read from it:
///
/// - ``Allocations``: how much the process, or one thread, has allocated so far;
/// - ``MemoryUse``: how much of it is in use now, and how much the kernel has given.
///
/// Reading allocates nothing, so that a program which allocates nothing between two readings gets a
/// difference of exactly 0.
enum Jemalloc {
    private typealias Control =
        @convention(c) (
            UnsafePointer<CChar>, UnsafeMutableRawPointer?, UnsafeMutablePointer<Int>?,
            UnsafeMutableRawPointer?, Int
        ) -> Int32
    private typealias ControlByPath =
        @convention(c) (
            UnsafePointer<Int>, Int, UnsafeMutableRawPointer?, UnsafeMutablePointer<Int>?,
            UnsafeMutableRawPointer?, Int
        ) -> Int32
    private typealias PathOfName =
        @convention(c) (
            UnsafePointer<CChar>, UnsafeMutablePointer<Int>, UnsafeMutablePointer<Int>
        ) -> Int32

    private static let control = function("mallctl", as: Control.self)
    private static let controlByPath = function("mallctlbymib", as: ControlByPath.self)
    private static let pathOfName = function("mallctlnametomib", as: PathOfName.self)

    private static func function<Function>(_ name: String, as type: Function.Type) -> Function? {
        // The types above are those of jemalloc's manual.
        dlsym(nil, name).map { unsafeBitCast($0, to: type) }
    }

    /// Whether it is there and keeps statistics; under a sanitizer it is not.
    static let isPresent: Bool = {
        guard controlByPath != nil, pathOfName != nil else { return false }
        return read("config.stats", as: Bool.self) == true
    }()

    /// A statistic; nil where jemalloc has none of this name and size.
    static func read<Value: BitwiseCopyable>(
        _ name: StaticString, as type: Value.Type
    ) -> Value? {
        guard let control else { return nil }
        return withUnsafeTemporaryAllocation(of: type, capacity: 1) { place in
            guard let value = place.baseAddress else { return nil }
            var size = MemoryLayout<Value>.size
            let result = withName(name) { control($0, value, &size, nil, 0) }
            return result == 0 && size == MemoryLayout<Value>.size ? value.pointee : nil
        }
    }

    /// Lets something happen that a name stands for; where it can't, nothing does.
    static func perform(_ name: StaticString) {
        guard let control else { return }
        _ = withName(name) { control($0, nil, nil, nil, 0) }
    }

    /// Makes the statistics those of now, what this thread has in its caches included.
    static func refresh() {
        perform("thread.tcache.flush")
        guard let control else { return }
        var epoch: UInt64 = 1
        _ = withName("epoch") { control($0, nil, nil, &epoch, MemoryLayout<UInt64>.size) }
    }

    /// A statistic that there is one of for each size class.
    struct PerClass {
        /// jemalloc's translation of the name, the number of the class at one place of it.
        private let path: [Int]
        private let place: Int

        /// - Parameters:
        ///   - name: its name for class 0.
        ///   - place: which part of the name the number is, from 0.
        init(_ name: StaticString, numberAt place: Int) {
            var path = [Int](repeating: 0, count: 8)
            var count = path.count
            if let pathOfName {
                _ = withName(name) { pathOfName($0, &path, &count) }
            }
            self.path = Array(path.prefix(count))
            self.place = place
        }

        /// Its value for a class; 0 where there is none.
        func read(_ number: Int) -> UInt64 {
            guard let controlByPath else { return 0 }
            return withUnsafeTemporaryAllocation(of: Int.self, capacity: path.count) { path in
                _ = path.initialize(from: self.path)
                path[place] = number
                var value: UInt64 = 0
                var size = MemoryLayout<UInt64>.size
                guard let start = path.baseAddress,
                    controlByPath(start, path.count, &value, &size, nil, 0) == 0
                else { return 0 }
                return value
            }
        }
    }

    private static func withName<Result>(
        _ name: StaticString, _ body: (UnsafePointer<CChar>) -> Result
    ) -> Result {
        // Literals of more than one character are stored with a zero byte behind them.
        UnsafeRawPointer(name.utf8Start).withMemoryRebound(
            to: CChar.self, capacity: name.utf8CodeUnitCount + 1, body)
    }
}
