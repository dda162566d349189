// Empty: this module only brings in the linker's flags for libsimdjson, where pkg-config knows it.
// Without the package there is a warning, and `SimdjsonReference` says that it is not available.
