#if Server
    internal import AsyncHTTPClient
#endif
