// Empty on purpose: jemalloc is linked where pkg-config finds it and looked up by name at run time
// (`dlsym("mallctl")`), so that the package builds the same with and without libjemalloc-dev.
