#if Server
    internal import Hummingbird
    internal import NIOCore
    internal import Switchyard
    internal import SwitchyardMetrics

    // What is counted, for Prometheus.
    extension AdminAPI {
        func metrics() async -> Response {
            let router = router
            var text = await BlockingWork.run { router.snapshot().prometheusText }
            text +=
                """
                # HELP switchyard_tails Readers that follow a bus.
                # TYPE switchyard_tails gauge
                switchyard_tails \(tails.count)
                # HELP switchyard_build_info The server's version.
                # TYPE switchyard_build_info gauge
                switchyard_build_info{version="\(Self.version)"} 1

                """.utf8
            return Response(
                status: .ok,
                headers: [.contentType: "text/plain; version=0.0.4; charset=utf-8"],
                body: ResponseBody(byteBuffer: ByteBuffer(bytes: text)))
        }
    }
#endif
