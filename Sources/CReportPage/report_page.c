#include "report_page.h"

// The compiler that comes with Swift takes #embed, which C has since 2023, in any version of C.
#pragma clang diagnostic ignored "-Wc23-extensions"

#define ASSET(name)                                                                                \
    sw_asset name(void) {                                                                          \
        return (sw_asset){name##_bytes, sizeof name##_bytes};                                      \
    }

static const unsigned char sw_report_html_bytes[] = {
#embed "report.html"
};
static const unsigned char sw_report_css_bytes[] = {
#embed "report.css"
};
static const unsigned char sw_report_js_bytes[] = {
#embed "report.js"
};
static const unsigned char sw_uplot_css_bytes[] = {
#embed "uPlot/uPlot.min.css"
};
static const unsigned char sw_uplot_js_bytes[] = {
#embed "uPlot/uPlot.iife.js"
};

ASSET(sw_report_html)
ASSET(sw_report_css)
ASSET(sw_report_js)
ASSET(sw_uplot_css)
ASSET(sw_uplot_js)
