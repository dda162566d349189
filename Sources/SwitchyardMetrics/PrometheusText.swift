public import Switchyard

extension RouterSnapshot {
    /// What a router counts, in Prometheus's text format 0.0.4, for whoever scrapes it without
    /// swift-metrics. Names and dimensions are those of ``RouterMetrics``. O(buses + rules + targets).
    public var prometheusText: [UInt8] {
        var samples: [RouterMetric: [RouterSample]] = [:]
        var order: [RouterMetric] = []
        // All samples of a metric stand together, below what is said of it.
        for sample in self.samples {
            if samples[sample.metric] == nil { order.append(sample.metric) }
            samples[sample.metric, default: []].append(sample)
        }
        var text: [UInt8] = []
        for metric in order {
            text += "# HELP \(metric.name) \(metric.help)\n".utf8
            text += "# TYPE \(metric.name) \(metric.kind.rawValue)\n".utf8
            for sample in samples[metric] ?? [] { sample.write(to: &text) }
        }
        return text
    }
}

extension RouterSample {
    /// Appends `name{dimension="value",...} number`.
    fileprivate func write(to text: inout [UInt8]) {
        text += metric.name.utf8
        for (position, (name, value)) in place.enumerated() {
            text += "\(position == 0 ? "{" : ",")\(name)=\"".utf8
            for byte in value.utf8 {
                switch byte {
                case UInt8(ascii: "\n"): text += #"\n"#.utf8
                case UInt8(ascii: "\\"), UInt8(ascii: "\""):
                    text += [UInt8(ascii: "\\"), byte]
                default: text.append(byte)
                }
            }
            text.append(UInt8(ascii: "\""))
        }
        text += "\(place.isEmpty ? "" : "}") \(value)\n".utf8
    }
}
