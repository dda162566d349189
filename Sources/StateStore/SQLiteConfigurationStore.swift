#if Server
    internal import GRDB
#endif
