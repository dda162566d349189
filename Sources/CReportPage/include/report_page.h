// The fixed parts of a load test's report, which is one HTML file that needs no other.
//
// They are in the program itself, so that the tool is one file that can be copied anywhere.

#ifndef SW_REPORT_PAGE_H
#define SW_REPORT_PAGE_H

#include <stddef.h>

/// Text of a file, without a zero at its end.
typedef struct {
    const unsigned char *_Nonnull bytes;
    size_t count;
} sw_asset;

/// The page, with a placeholder where each of the others goes.
sw_asset sw_report_html(void);
/// The page's own style and script.
sw_asset sw_report_css(void);
sw_asset sw_report_js(void);
/// uPlot's style and script.
sw_asset sw_uplot_css(void);
sw_asset sw_uplot_js(void);

#endif
