// What describes the server's admin API, which the server gives to whoever asks.
//
// It is in the program itself, as the pages of CReportPage are.

#ifndef SW_ADMIN_DOCUMENT_H
#define SW_ADMIN_DOCUMENT_H

#include <stddef.h>

/// Text of a file, without a zero at its end.
typedef struct {
    const unsigned char *_Nonnull bytes;
    size_t count;
} sw_document;

/// `openapi.json`: OpenAPI 3.1.
sw_document sw_admin_document(void);

#endif
