#if Server
    /// What the server says when it is ready.
    enum Banner {
        static func show(_ settings: ServerSettings, port: Int) {
            let host = settings.host.contains(":") ? "[\(settings.host)]" : settings.host
            let address = "http://\(host):\(port)"
            var text = """
                switchyard-server \(AdminAPI.version)
                  listening    \(address)
                  data         \(settings.directory)\(settings.isEphemeral ? ", removed at the end" : "")
                  signatures   \(settings.keys.isEmpty ? "read, not verified: everybody on this machine can "
                    + "use every account" : "verified, for \(settings.keys.count) access keys")
                  events are   \(settings.isDurable ? "taken when they are on the disk"
                    : "taken when they survive the end of this process")
                  backend      \(settings.backend ?? "none: targets of SQS, SNS, Lambda and the like become "
                    + "dead letters (--backend URL)")
                try
                  AWS_ENDPOINT_URL=\(settings.host == "0.0.0.0" ? "http://127.0.0.1:\(port)" : address)
                """
            // A secret that was given is not shown.
            let key = settings.keys.first?.id ?? settings.account
            text +=
                " AWS_ACCESS_KEY_ID=\(key) AWS_SECRET_ACCESS_KEY=\(settings.keys.isEmpty ? "any" : "...") "
                + "AWS_DEFAULT_REGION=\(settings.region) aws events list-event-buses\n"
            StandardError.write(text)
        }
    }
#endif
